import assert from 'node:assert/strict';
import type { ReadLimits } from '../../../../src/broker/history.ts';
import { positionAfter } from '../../../../src/fanout/position-after.ts';
import { comparePositions } from '../../../../src/routing/position.ts';
import { acknowledged, type Bench, instanceOfRecord } from '../../bench.ts';
import { text } from '../../collector.ts';
import type { Rule } from '../../rule.ts';
import { instanceOf } from '../../topics.ts';
import {
  cannotKeep,
  earliest,
  historyOf,
  indexOf,
  latest,
  partitionAt,
  plain,
  publishSome,
  readOn,
  samePlace,
  textsOf,
} from './reading.ts';

const SMALL: readonly ReadLimits[] = [
  { maxRecords: 7, maxBytes: 4_194_304 },
  { maxRecords: 1, maxBytes: 4_194_304 },
  // Less than any value: one record a chunk.
  { maxRecords: 1_000, maxBytes: 1 },
  { maxRecords: 1_000, maxBytes: 30_000 },
];

async function smallChunks(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const history = historyOf(broker);
  const instance = bench.instance('chunks');
  const stream = broker.stream(topic, instance);
  const start = await latest(history, stream);
  const collector = await bench.attached(broker, topic, instance);
  const values = await publishSome(bench, broker, topic, instance, 60);
  assert.deepEqual(await bench.settled(broker, topic, instance, collector), values);
  const seen = bench.recordsOf(topic, instance, collector).map(plain);
  for (const limits of SMALL) {
    const reading = await readOn(history, stream, start, limits);
    assert.deepEqual(bench.recordsOf(topic, instance, reading).map(plain), seen, JSON.stringify(limits));
    assert.ok(reading.chunks > 4, 'it was read in chunks');
  }
  if (bench.server.readBack.can) {
    const stored = await bench.server.readBack.records(topic, instance);
    const read = bench.recordsOf(topic, instance, await readOn(history, stream, start));
    assert.deepEqual(
      read.map(({ value }) => String(value)),
      stored.map(({ value }) => String(value)),
      'the log as the broker itself holds it',
    );
    const keys = read.map(({ key }) => key?.toString());
    for (const [n, { key }] of stored.entries()) if (key !== undefined) assert.equal(keys[n], key);
  }
}

async function atTheEnd(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const history = historyOf(broker);
  const instance = bench.instance('end');
  const stream = broker.stream(topic, instance);
  const start = await latest(history, stream);
  await publishSome(bench, broker, topic, instance, 10);
  const { end, records } = await readOn(history, stream, start);
  for (const [partition, position] of end.partitions.entries()) {
    const chunk = await history.read(stream, partition, end.log, position, { maxRecords: 5, maxBytes: 1_000 });
    assert.ok(chunk.type === 'chunk', chunk.type);
    assert.equal(chunk.records.length, 0);
    assert.equal(chunk.atEnd, true);
    assert.ok(comparePositions(chunk.next, position) >= 0);
  }
  // With a record behind it, a chunk is not at the end, whichever limit cut it short.
  const last = records.at(-1);
  assert.ok(last);
  const partition = indexOf(stream, last);
  let position = partitionAt(start, partition);
  for (const record of records.filter((other) => indexOf(stream, other) === partition)) {
    const chunk = await history.read(stream, partition, start.log, position, { maxRecords: 1, maxBytes: 1 });
    assert.ok(chunk.type === 'chunk', chunk.type);
    assert.deepEqual(chunk.records.map(plain), [plain(record)]);
    if (record !== last) assert.equal(chunk.atEnd, false, 'more stands behind');
    position = chunk.next;
  }
  await bench.publishSurely(broker, topic, instance, '{"more":1}');
  assert.deepEqual(textsOf(bench, topic, instance, await readOn(history, stream, end)), ['{"more":1}']);
}

async function beside(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const history = historyOf(broker);
  const instance = bench.instance('beside');
  const stream = broker.stream(topic, instance);
  const start = await latest(history, stream);
  const shown: string[] = [];
  let writing = true;
  async function follow(): Promise<void> {
    let position = start;
    for (let last = false; !last; ) {
      // Once more after the last acknowledgement.
      last = !writing;
      const reading = await readOn(history, stream, position, { maxRecords: 17, maxBytes: 2_000 });
      shown.push(...textsOf(bench, topic, instance, reading));
      position = reading.end;
    }
  }
  const following = follow();
  following.catch(() => {});
  const expected = Array.from({ length: 1_000 }, (_, n) => JSON.stringify({ n }));
  try {
    for (let n = 0; n < expected.length; n += 20) {
      const calls = expected.slice(n, n + 20).map((value) => bench.publish(broker, topic, instance, value));
      for (const outcome of await Promise.all(calls)) acknowledged(outcome);
    }
  } finally {
    writing = false;
  }
  await following;
  assert.deepEqual(shown, expected);
  if (bench.server.readBack.can) assert.deepEqual(shown, await bench.stored(topic, instance));
}

async function ownInstanceOnly(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const history = historyOf(broker);
  const instances = ['a', 'b', 'c'].map((word) => bench.instance(`own-${word}`));
  const [first] = instances;
  assert.ok(first);
  const start = await latest(history, broker.stream(topic, first));
  for (let n = 0; n < 30; n++) {
    const instance = instances[n % 3];
    assert.ok(instance);
    await bench.publishSurely(broker, topic, instance, JSON.stringify({ n }));
  }
  for (const [index, instance] of instances.entries()) {
    const stream = broker.stream(topic, instance);
    const from = stream.instance === undefined ? start : await earliest(history, stream);
    const reading = await readOn(history, stream, from, { maxRecords: 4, maxBytes: 4_194_304 });
    const expected = Array.from({ length: 10 }, (_, round) => JSON.stringify({ n: round * 3 + index }));
    assert.deepEqual(textsOf(bench, topic, instance, reading), expected);
    if (stream.instance === undefined) continue;
    for (const record of reading.records) assert.equal(record.instance, instance, 'its own instance alone');
  }
  const { plain: other } = bench.topics;
  const single = broker.stream(other, instanceOf(other));
  const before = await latest(history, single);
  await bench.publishSurely(broker, other, instanceOf(other), '{"plain":1}');
  assert.deepEqual((await readOn(history, single, before)).records.map(text), ['{"plain":1}']);
}

async function wholeTopic(bench: Bench): Promise<void> {
  const { wildcard } = bench.topics;
  if (!wildcard.can) throw new Error(wildcard.why);
  const { topic } = wildcard;
  const broker = await bench.open();
  const history = historyOf(broker);
  const stream = broker.stream(topic, undefined);
  const start = await latest(history, stream);
  const instances = ['a', 'b', 'c'].map((word) => bench.instance(`whole-${word}`, topic));
  for (let n = 0; n < 30; n++) {
    const instance = instances[n % 3];
    assert.ok(instance);
    await bench.publishSurely(broker, topic, instance, JSON.stringify({ n }));
  }
  const reading = await readOn(history, stream, start, { maxRecords: 4, maxBytes: 4_194_304 });
  assert.equal(reading.records.length, 30);
  for (const record of reading.records) assert.ok(instances.includes(instanceOfRecord(topic, record)));
  for (const [index, instance] of instances.entries()) {
    const expected = Array.from({ length: 10 }, (_, round) => JSON.stringify({ n: round * 3 + index }));
    assert.deepEqual(textsOf(bench, topic, instance, reading), expected);
  }
  const [record] = reading.records;
  assert.ok(record);
  const partitions = [...reading.end.partitions];
  partitions[indexOf(stream, record)] = positionAfter(record);
  samePlace((await readOn(history, stream, { log: start.log, partitions })).end, reading.end, 'the end of the topic');
}

export const readRules: readonly Rule[] = [
  { name: 'chunks of any size put together are the log, byte for byte', unfit: cannotKeep, run: smallChunks },
  { name: '`atEnd` is true at the end and nowhere else', unfit: cannotKeep, run: atTheEnd },
  { name: 'J1, J4: a reader beside a publisher sees every event once, in order', unfit: cannotKeep, run: beside },
  { name: 'the history of an instance or a topic is its own', unfit: cannotKeep, run: ownInstanceOnly },
  {
    name: 'the history of a whole topic holds every instance, each in order',
    unfit: (bench) => (bench.topics.wildcard.can ? cannotKeep(bench) : bench.topics.wildcard.why),
    run: wholeTopic,
  },
];
