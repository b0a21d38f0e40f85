import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { PublishOutcome } from '../../../src/broker/outcome.ts';
import type { Topic } from '../../../src/routing/topic.ts';
import { eventually } from '../../support/eventually.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { readLog } from '../adapters/sqlite.ts';
import { Collector } from '../collector.ts';
import { answersAreTrue } from '../join.ts';
import { bufferedTopics, instanceOf } from '../topics.ts';
import { logBroker, publish, temporaryFolder } from './folder-fixture.ts';

const topic: Topic = bufferedTopics.parameter;
const instance = instanceOf(topic, 'full');
const hour = 3_600_000;

test('F31: a full disk makes publishes unavailable without a partial row; the log heals by itself when there is room', async (context) => {
  const folder = await temporaryFolder(context);
  const clock = new ManualClock();
  const broker = logBroker(context, { folder, maxFileBytes: 1_048_576 }, { clock, topics: [topic] });
  await broker.open();
  const collector = new Collector();
  broker.tail(broker.stream(topic, instance), collector);
  const published = new Map<string, PublishOutcome>();
  for (let n = 0; broker.status().type === 'up' && n < 1_000; n++) {
    const values = Array.from({ length: 5 }, (_, at) => JSON.stringify({ n, at, filler: 'x'.repeat(3_000) }));
    const outcomes = await Promise.all(values.map((value) => publish(broker, topic, instance, value)));
    // One batch, so all of it or nothing.
    assert.equal(new Set(outcomes.map(({ type }) => type)).size, 1);
    for (const [at, outcome] of outcomes.entries()) published.set(values[at] ?? '', outcome);
  }
  assert.equal([...published.values()].at(-1)?.type, 'unavailable', 'the fault happened');
  const status = broker.status();
  assert.ok(status.type === 'down' && /full/.test(status.detail), JSON.stringify(status));
  const stored = readLog(folder, instance).map(({ value }) => value?.toString() ?? '');
  answersAreTrue(published, stored);
  assert.deepEqual(collector.texts(), stored, 'the tail saw what is stored and nothing else');

  // A probe finds the disk still full.
  clock.advance(1_000);
  assert.equal((await publish(broker, topic, instance, `"${'y'.repeat(50_000)}"`)).type, 'unavailable');
  assert.equal(broker.status().type, 'down');

  // Retention makes room; nobody publishes, and the status comes back all the same.
  clock.advance(2 * hour);
  await eventually(() => {
    clock.advance(1_000);
    return broker.status().type === 'up';
  });
  assert.equal((await publish(broker, topic, instance, '"after"')).type, 'acknowledged');
  await broker.close();
  const database = new DatabaseSync(join(folder, 'log.sqlite'));
  assert.equal(database.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok');
  database.close();
});
