import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instanceFromKey, recordKey } from '../../src/routing/record-key.ts';
import { durable, topic } from './sample-topics.ts';

test('design §8: the record key is the key fields’ canonical texts joined by "."', () => {
  const two = topic('orders.{tenant}.{number}', durable('tenant', 'number', 'region'), { number: 'Int' });
  assert.equal(recordKey(two, { tenant: 'a', number: 7, region: 'eu', other: 1 }), 'a.7.eu');
  assert.equal(recordKey(two, { tenant: 'a', number: '7', region: 12n }), 'a.7.12');
});

test('there is no key without key fields, or when the value lacks one', () => {
  assert.equal(recordKey(topic('flights', durable()), { id: 1 }), undefined);
  assert.equal(recordKey(topic('chat.{room}'), { room: 'a' }), undefined);
  assert.equal(recordKey(topic('o.{id}', durable('id')), {}), undefined);
  assert.equal(recordKey(topic('o.{id}', durable('id')), { id: null }), undefined);
  assert.equal(recordKey(topic('o.{id}', durable('id')), { id: 1.5 }), undefined);
});

test('A57: a key field is an own member', () => {
  assert.equal(recordKey(topic('o.{toString}', durable('toString')), {}), undefined);
});

test('design §5: a key of one field is taken whole', () => {
  assert.deepEqual(instanceFromKey(topic('o.{id}', durable('id')), 'a.b.c'), new Map([['id', 'a.b.c']]));
});

test('design §5: a key of several fields is read when the pieces match, and only parameters are taken', () => {
  const two = topic('o.{tenant}', durable('region', 'tenant'));
  assert.deepEqual(instanceFromKey(two, 'eu.a'), new Map([['tenant', 'a']]));
  assert.deepEqual(instanceFromKey(two, 'eu.a.b'), new Map());
  assert.deepEqual(instanceFromKey(two, 'eu'), new Map());
  assert.deepEqual(instanceFromKey(two, 'eu.'), new Map());
  assert.deepEqual(instanceFromKey(topic('flights', durable()), ''), new Map());
  assert.deepEqual(instanceFromKey(topic('chat.{room}'), 'a'), new Map());
});
