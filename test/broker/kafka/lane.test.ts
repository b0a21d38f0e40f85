import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PendingRecord } from '../../../src/broker/kafka/batch.ts';
import { Lane, type LanePort } from '../../../src/broker/kafka/lane.ts';
import type { Attempt } from '../../../src/broker/kafka/produce-answer.ts';
import { ProducerIdentity } from '../../../src/broker/kafka/producer-identity.ts';
import type { BatchIdentity } from '../../../src/broker/kafka/write-batch.ts';
import type { PublishOutcome } from '../../../src/broker/outcome.ts';
import { systemClock } from '../../../src/time/clock.ts';

interface Written {
  readonly values: readonly string[];
  readonly identity: BatchIdentity;
}

/** What one attempt does: it sends or not, and comes to this. */
type Step = { readonly sends: boolean; readonly comesTo: Attempt | Promise<Attempt> };

const stored: Attempt = { type: 'stored', baseOffset: 0n, timestamp: -1, leaderEpoch: 0 };
const refused: Attempt = { type: 'refused', reason: 'too few replicas' };
const unclear: Attempt = { type: 'unclear', reason: 'link cut' };
const lost: Attempt = { type: 'producer-lost', reason: 'out of order' };
const rejected: Attempt = { type: 'rejected', reason: 'too large' };
const never: Promise<Attempt> = new Promise(() => {});

/** A lane whose attempts are made by `write`; every record is 100 bytes and a batch takes 1,000. */
function laneWriting(write: LanePort['write']) {
  const lane = new Lane({
    clock: systemClock,
    batchBytes: () => 1_000,
    newIdentity: async () => new ProducerIdentity(1n, 0),
    write,
    refresh: async () => {},
    stored: (record) => answerOf(record, { type: 'acknowledged', publishedAt: 0, position: undefined }),
    waiting: () => {},
    hasRoom: () => true,
  });
  const publishBy = (value: string, deadline: number, bytes = 100): Promise<PublishOutcome> =>
    new Promise((resolve) => {
      lane.publish({ message: { topic: 't', value: Buffer.from(value) }, bytes, deadline, answer: resolve });
    });
  const publish = (value: string, deadlineMs = 60_000): Promise<PublishOutcome> =>
    publishBy(value, performance.now() + deadlineMs);
  return { lane, publish, publishBy };
}

/** A lane whose attempts go by the script; when it is used up, everything is stored. */
function laneWith(script: Step[]) {
  const written: Written[] = [];
  const made = laneWriting(async (begin, identity) => {
    const step = script.shift() ?? { sends: true, comesTo: stored };
    if (!step.sends) return step.comesTo;
    const records = begin();
    if (records === undefined) return refused;
    written.push({ values: records.map(textOf), identity });
    return step.comesTo;
  });
  return { ...made, written };
}

function textOf(record: PendingRecord): string {
  return record.message.value.toString();
}

function answerOf(record: PendingRecord, outcome: PublishOutcome): void {
  record.answer?.(outcome);
  record.answer = undefined;
}

const SHORT_MS = 150;

test('publishes of one turn are one batch, and the next batch fills while it is in flight', async () => {
  const { promise, resolve } = Promise.withResolvers<Attempt>();
  const { written, publish } = laneWith([{ sends: true, comesTo: promise }]);
  const first = [publish('a'), publish('b')];
  await new Promise(setImmediate);
  const second = [publish('c'), publish('d')];
  resolve(stored);
  await Promise.all([...first, ...second]);
  assert.deepEqual(
    written.map(({ values, identity }) => [values, identity.firstSequence]),
    [
      [['a', 'b'], 0],
      [['c', 'd'], 2],
    ],
  );
});

test('P95: when every attempt was refused, the answer is unavailable', async () => {
  const { publish } = laneWith(Array.from({ length: 20 }, () => ({ sends: true, comesTo: refused })));
  const outcome = await publish('a', SHORT_MS);
  assert.equal(outcome.type, 'unavailable');
  assert.match(outcome.type === 'unavailable' ? outcome.reason : '', /too few replicas/);
});

test('F12: a refusal after an unclear attempt stays indeterminate', async () => {
  const refusals = Array.from({ length: 20 }, () => ({ sends: true, comesTo: refused }));
  const { publish } = laneWith([{ sends: true, comesTo: unclear }, ...refusals]);
  assert.equal((await publish('a', SHORT_MS)).type, 'indeterminate');
});

test('F13: an unclear batch is sent again under the same sequence number, with nothing added', async () => {
  const { written, publish } = laneWith([{ sends: true, comesTo: unclear }]);
  const first = publish('a');
  await new Promise(setImmediate);
  const second = publish('b');
  assert.equal((await first).type, 'acknowledged');
  assert.equal((await second).type, 'acknowledged');
  assert.deepEqual(
    written.map(({ values, identity }) => [values, identity.producerEpoch, identity.firstSequence]),
    [
      [['a'], 0, 0],
      [['a'], 0, 0],
      [['b'], 0, 1],
    ],
  );
});

test('F11: a batch that is given up after it was sent is fenced off before the next one', async () => {
  const { written, publish } = laneWith([{ sends: true, comesTo: never }]);
  assert.equal((await publish('a', SHORT_MS)).type, 'indeterminate');
  assert.equal((await publish('b')).type, 'acknowledged');
  assert.deepEqual(
    written.map(({ values, identity }) => [values, identity.producerEpoch, identity.firstSequence]),
    [
      [['a'], 0, 0],
      [['b'], 1, 0],
    ],
  );
});

test('a batch that was given up before it was sent is never sent', async () => {
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const written: string[] = [];
  let attempts = 0;
  const { publish } = laneWriting(async (begin) => {
    attempts += 1;
    if (attempts === 1) await held;
    const records = begin();
    if (records === undefined) return refused;
    written.push(records.map(textOf).join());
    return stored;
  });
  assert.equal((await publish('a', SHORT_MS)).type, 'unavailable');
  assert.equal((await publish('b')).type, 'acknowledged');
  release();
  await new Promise(setImmediate);
  assert.deepEqual(written, ['b']);
});

test('P94: a producer that Kafka lost track of after an unclear attempt is indeterminate, and nothing is sent again', async () => {
  const { written, publish } = laneWith([
    { sends: true, comesTo: unclear },
    { sends: true, comesTo: lost },
  ]);
  assert.equal((await publish('a')).type, 'indeterminate');
  assert.equal((await publish('b')).type, 'acknowledged');
  assert.deepEqual(
    written.map(({ values }) => values),
    [['a'], ['a'], ['b']],
  );
  assert.ok((written[2]?.identity.producerEpoch ?? 0) > 0, 'fenced off');
});

test('a producer that Kafka lost track of while all is clear goes on under another epoch', async () => {
  const { written, publish } = laneWith([{ sends: true, comesTo: lost }]);
  assert.equal((await publish('a')).type, 'acknowledged');
  assert.deepEqual(
    written.map(({ identity }) => identity.producerEpoch),
    [0, 1],
  );
});

test('a record that spoils a batch is found and rejected alone', async () => {
  const written: string[] = [];
  const { publish } = laneWriting(async (begin) => {
    const values = (begin() ?? []).map(textOf);
    if (values.includes('bad')) return rejected;
    written.push(...values);
    return stored;
  });
  const outcomes = await Promise.all(['a', 'b', 'bad', 'c', 'd', 'e'].map((value) => publish(value)));
  assert.deepEqual(
    outcomes.map((outcome) => outcome.type),
    ['acknowledged', 'acknowledged', 'rejected', 'acknowledged', 'acknowledged', 'acknowledged'],
  );
  assert.deepEqual(written, ['a', 'b', 'c', 'd', 'e']);
});

test('what waits behind a batch in flight is unavailable at its deadline', async () => {
  const { publishBy } = laneWith([{ sends: true, comesTo: never }]);
  const deadline = performance.now() + SHORT_MS;
  const first = publishBy('a', deadline);
  await new Promise(setImmediate);
  const second = publishBy('b', deadline);
  assert.equal((await first).type, 'indeterminate');
  assert.equal((await second).type, 'unavailable');
});

test('close answers what is in flight as indeterminate and what waits as unavailable', async () => {
  const { lane, publish } = laneWith([{ sends: true, comesTo: never }]);
  const first = publish('a');
  await new Promise(setImmediate);
  const second = publish('b');
  lane.close();
  assert.equal((await first).type, 'indeterminate');
  assert.equal((await second).type, 'unavailable');
  assert.equal((await publish('c')).type, 'unavailable');
});

test('a lane is bounded in bytes: what does not fit is unavailable at once', async () => {
  const { lane, publish, publishBy } = laneWith([{ sends: true, comesTo: never }]);
  const first = publish('a');
  await new Promise(setImmediate);
  const deadline = performance.now() + 60_000;
  const fits = publishBy('big', deadline, 9 * 1024 * 1024);
  const outcome = await publishBy('too much', deadline, 9 * 1024 * 1024);
  assert.deepEqual(outcome, {
    type: 'unavailable',
    reason: 'Too many events wait to be written to their Kafka partition.',
  });
  lane.close();
  assert.equal((await fits).type, 'unavailable');
  assert.equal((await first).type, 'indeterminate');
});
