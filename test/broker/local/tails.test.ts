import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localStream } from '../../../src/broker/local/stream.ts';
import { LocalTails } from '../../../src/broker/local/tails.ts';
import type { BrokerRecord } from '../../../src/broker/record.ts';
import { Collector } from '../collector.ts';
import { ephemeralTopics, instanceOf } from '../topics.ts';

const topic = ephemeralTopics.parameter;
const stream = localStream(topic, instanceOf(topic, 'a'));

function record(value: string): BrokerRecord {
  return { instance: stream.instance, key: undefined, value: Buffer.from(value), position: undefined, timestamp: 1 };
}

test('a tail opened while a record goes round does not get that record', () => {
  const tails = new LocalTails();
  const [outer, inner] = [new Collector(), new Collector()];
  outer.onRecord = () => {
    outer.onRecord = undefined;
    tails.open(stream, inner);
  };
  tails.open(stream, outer);
  assert.equal(tails.hand(stream.id, record('1')), 1);
  assert.equal(tails.hand(stream.id, record('2')), 2);
  assert.deepEqual([outer.texts(), inner.texts()], [['1', '2'], ['2']]);
});

test('a tail closed while a record goes round does not get that record', () => {
  const tails = new LocalTails();
  const [first, second] = [new Collector(), new Collector()];
  tails.open(stream, first);
  second.tail = tails.open(stream, second);
  first.onRecord = () => second.close();
  assert.equal(tails.hand(stream.id, record('1')), 1);
  assert.deepEqual([second.records, second.afterClose], [[], []]);
  assert.equal(tails.count, 1);
});

test('closing twice counts once, and the last close forgets the stream', () => {
  const tails = new LocalTails();
  const tail = tails.open(stream, new Collector());
  assert.ok(tails.has(stream.id));
  tail.close();
  tail.close();
  assert.equal(tails.count, 0);
  assert.ok(!tails.has(stream.id));
  assert.equal(tails.hand(stream.id, record('1')), 0);
});

test('endAll closes every tail and says why, once', () => {
  const tails = new LocalTails();
  const collectors = [new Collector(), new Collector()];
  for (const collector of collectors) tails.open(stream, collector);
  tails.endAll('recreated');
  tails.endAll('recreated');
  assert.deepEqual(
    collectors.map(({ ends }) => ends),
    [['recreated'], ['recreated']],
  );
  assert.equal(tails.count, 0);
});

test('the instance of a topic without parameters and its wildcard are two streams', () => {
  const plain = ephemeralTopics.plain;
  assert.notEqual(localStream(plain, instanceOf(plain)).id, localStream(plain, undefined).id);
});
