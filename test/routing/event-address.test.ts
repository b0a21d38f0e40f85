import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeEvent } from '../../src/routing/event-address.ts';
import type { TopicInstance } from '../../src/routing/topic.ts';
import { durable, topic } from './sample-topics.ts';

const rooms = topic('rooms.{house}.{room}', { delivery: 'EPHEMERAL' }, { room: 'Int' });
const orders = topic('orders.{customer}', durable('customer'));

function at(instance: string): { readonly instance: TopicInstance } {
  return { instance: instance as TopicInstance };
}

test('design §1: the value’s own fields name the instance, and the value stays the same object', () => {
  const value = { house: 42, room: '7', extra: null };
  const placed = placeEvent(rooms, value, {});
  assert.deepEqual(placed, { type: 'placed', instance: 'rooms.42.7', value });
  assert.equal(placed.type === 'placed' && placed.value, value);
});

test('design §1: what the value lacks, null included, comes from its channel, in the parameter’s type', () => {
  assert.deepEqual(placeEvent(rooms, { house: null, text: 'x' }, at('rooms.a%2Eb.7')), {
    type: 'placed',
    instance: 'rooms.a%2Eb.7',
    value: { house: 'a.b', text: 'x', room: 7 },
  });
});

test('design §1: a value that contradicts its channel is invalid, there', () => {
  const placed = placeEvent(rooms, { house: 'a', room: 8 }, at('rooms.a.7'));
  assert.equal(placed.type, 'invalid');
  assert.equal(placed.instance, 'rooms.a.7');
  assert.equal(placeEvent(rooms, { house: 'b' }, at('rooms.a.7')).type, 'invalid');
});

test('design §1: 42 and "42" do not contradict', () => {
  assert.equal(placeEvent(rooms, { house: 42, room: '7' }, at('rooms.42.7')).type, 'placed');
});

test('a channel that is no instance, or holds no Int, is invalid there', () => {
  for (const channel of ['rooms.a', 'rooms.a.b', 'rooms.a.07', 'other.a.7']) {
    const placed = placeEvent(rooms, { house: 'a' }, at(channel));
    assert.deepEqual([placed.type, placed.instance], ['invalid', channel]);
  }
});

test('design §5: a foreign record key never contradicts the value', () => {
  const placed = placeEvent(orders, { customer: 'a' }, { key: 'b' });
  assert.deepEqual(placed, { type: 'placed', instance: 'orders.a', value: { customer: 'a' } });
});

test('design §5: the record key serves where the value lacks its parameter', () => {
  const placed = placeEvent(orders, { total: 1 }, { key: 'b.c' });
  assert.deepEqual(placed, { type: 'placed', instance: 'orders.b%2Ec', value: { total: 1, customer: 'b.c' } });
});

test('P97: without any address, or with an unfit one, the event belongs to no instance', () => {
  for (const [value, address] of [
    [{}, {}],
    [{}, { key: '' }],
    [{}, { key: 'a\n' }],
    [{ customer: 1.5 }, { key: 'a' }],
    [{ customer: { a: 1 } }, {}],
    [{ customer: '' }, {}],
    [{ customer: 'x'.repeat(129) }, {}],
  ] as const) {
    const placed = placeEvent(orders, value, address);
    assert.equal(placed.type, 'invalid', JSON.stringify(value));
    assert.equal(Object.hasOwn(placed, 'instance'), false);
  }
});

test('A57: inherited members are not parameters, and "__proto__" stays a plain member', () => {
  const odd = topic('odd.{constructor}', { delivery: 'EPHEMERAL' });
  assert.equal(placeEvent(odd, {}, {}).type, 'invalid');
  const value = JSON.parse('{"__proto__": {"customer": "evil"}}');
  assert.equal(placeEvent(orders, value, {}).type, 'invalid');
  const placed = placeEvent(orders, value, { key: 'a' });
  assert.ok(placed.type === 'placed');
  assert.equal(JSON.stringify(placed.value), '{"__proto__":{"customer":"evil"},"customer":"a"}');
  assert.equal(Object.getPrototypeOf(placed.value), Object.prototype);
});

test('design §8: without parameters the instance is the template', () => {
  assert.deepEqual(placeEvent(topic('flights'), {}, at('flights')), { type: 'placed', instance: 'flights', value: {} });
});
