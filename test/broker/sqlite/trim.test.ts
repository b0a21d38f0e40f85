import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { Broker } from '../../../src/broker/port.ts';
import type { BufferedPolicy, Topic, TopicInstance } from '../../../src/routing/topic.ts';
import { eventually } from '../../support/eventually.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { readLog } from '../adapters/sqlite.ts';
import { bufferedTopics, durableTopics, instanceOf } from '../topics.ts';
import { logBroker, publish, temporaryFolder } from './folder-fixture.ts';

const policy: BufferedPolicy = { delivery: 'BUFFERED', retentionMs: 60_000, maxEvents: 100, foreignWriters: true };
const bounded: Topic = { ...bufferedTopics.parameter, policy };

async function publishMany(
  broker: Broker,
  topic: Topic,
  instance: TopicInstance,
  from: number,
  to: number,
): Promise<number[]> {
  const calls = [];
  for (let n = from; n < to; n++) calls.push(publish(broker, topic, instance, String(n)));
  return (await Promise.all(calls)).map((outcome) => {
    assert.ok(outcome.type === 'acknowledged' && outcome.position?.type === 'log');
    return outcome.position.sequence;
  });
}

function numbers(folder: string, instance: TopicInstance): number[] {
  return readLog(folder, instance).map(({ value }) => Number(value?.toString()));
}

function trimmedThrough(folder: string, instance: TopicInstance): number {
  const database = new DatabaseSync(join(folder, 'log.sqlite'), { readOnly: true });
  const row = database.prepare('SELECT trimmed_through FROM instance WHERE name = ?').get(instance);
  database.close();
  return Number(row?.['trimmed_through']);
}

function count(folder: string): number {
  const database = new DatabaseSync(join(folder, 'log.sqlite'), { readOnly: true });
  const row = database.prepare('SELECT count(*) AS events FROM event').get();
  database.close();
  return Number(row?.['events']);
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);

test('BUFFERED keeps the newest maxEvents of each instance, and says how far it trimmed', async (context) => {
  const folder = await temporaryFolder(context);
  const clock = new ManualClock();
  const broker = logBroker(context, { folder }, { clock, topics: [bounded] });
  await broker.open();
  const [busy, quiet] = [instanceOf(bounded, 'busy'), instanceOf(bounded, 'quiet')];
  const sequences = await publishMany(broker, bounded, busy, 0, 1_700);
  await publishMany(broker, bounded, quiet, 0, 99);
  // Several slices: each is asked for when the one before is done.
  await eventually(() => {
    clock.advance(1_000);
    return numbers(folder, busy).length === 100;
  });
  assert.deepEqual(numbers(folder, busy), range(1_600, 1_700));
  assert.deepEqual(numbers(folder, quiet), range(0, 99));
  assert.equal(trimmedThrough(folder, busy), sequences[1_599]);
  assert.equal(trimmedThrough(folder, quiet), 0);
});

test('events older than the retention go, and a sequence is never given twice', async (context) => {
  const folder = await temporaryFolder(context);
  const clock = new ManualClock();
  const topics = [bounded, durableTopics.parameter];
  const broker = logBroker(context, { folder }, { clock, topics });
  await broker.open();
  const [old, kept] = [instanceOf(bounded, 'old'), instanceOf(durableTopics.parameter, 'kept')];
  await publishMany(broker, durableTopics.parameter, kept, 0, 10);
  const before = await publishMany(broker, bounded, old, 0, 50);
  clock.advance(30_000);
  await publishMany(broker, bounded, old, 50, 60);
  clock.advance(30_500);
  await eventually(() => {
    clock.advance(1_000);
    return numbers(folder, old).length === 10;
  });
  assert.deepEqual(numbers(folder, old), range(50, 60));
  clock.advance(60_000);
  await eventually(() => {
    clock.advance(1_000);
    return numbers(folder, old).length === 0;
  });
  assert.deepEqual(numbers(folder, kept), range(0, 10), 'DURABLE without retention keeps all');
  await broker.close();

  const reopened = logBroker(context, { folder }, { clock, topics });
  await reopened.open();
  const [next] = await publishMany(reopened, bounded, old, 60, 61);
  assert.ok((next ?? 0) > Math.max(...before) + 10, 'the sequence goes on behind what was trimmed');
});

test('what a log held before the start is trimmed too', async (context) => {
  const folder = await temporaryFolder(context);
  const wide: Topic = { ...bounded, policy: { ...policy, maxEvents: 1_000 } };
  const instance = instanceOf(bounded, 'a');
  const first = logBroker(context, { folder }, { topics: [wide] });
  await first.open();
  await publishMany(first, wide, instance, 0, 400);
  await first.close();
  const second = logBroker(context, { folder }, { topics: [bounded] });
  await second.open();
  await eventually(() => numbers(folder, instance).length === 100);
  assert.deepEqual(numbers(folder, instance), range(300, 400));
});

test('publishes pass while a long trim goes on', async (context) => {
  const folder = await temporaryFolder(context);
  const wide: Topic = { ...bounded, policy: { ...policy, maxEvents: 100_000 } };
  const instance = instanceOf(bounded, 'a');
  const first = logBroker(context, { folder }, { topics: [wide] });
  await first.open();
  await publishMany(first, wide, instance, 0, 6_000);
  await first.close();
  const second = logBroker(context, { folder }, { topics: [bounded] });
  await second.open();
  const lengths: number[] = [];
  for (let n = 6_000; (lengths.at(-1) ?? 6_000) > 700; n++) {
    await publishMany(second, bounded, instance, n, n + 1);
    lengths.push(count(folder));
  }
  assert.ok(lengths.some((length) => length < 5_900) && lengths.length > 3, 'acknowledged in the midst of the trim');
});
