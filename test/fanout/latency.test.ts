import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Group } from '../../src/fanout/group.ts';
import type { Member } from '../../src/fanout/member.ts';
import type { Selection } from '../../src/fanout/selection.ts';
import { TopicMetrics } from '../../src/metrics/topic-metrics.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { RecordingSink } from '../support/recording-sink.ts';

const PAYLOAD = Buffer.from('{"data":{}}');

/** A group with three members, each of whose sinks takes 10 ms. */
function slowGroup(): {
  readonly clock: ManualClock;
  readonly metrics: TopicMetrics;
  readonly owner: { receivedAt: number };
  readonly group: Group;
} {
  const clock = new ManualClock();
  const metrics = new TopicMetrics('ticks', 'EPHEMERAL');
  const owner = { receivedAt: 0, head: () => undefined, listen() {}, hush() {} };
  // A group hands out payloads that its selection has made; it asks it for nothing here.
  const selection = {} as Selection;
  const group = new Group(
    { instance: undefined, selectionKey: '', filterKey: '' },
    selection,
    undefined,
    metrics,
    owner,
  );
  for (let number = 0; number < 3; number += 1) {
    const sink = new RecordingSink();
    sink.onNext = () => clock.advance(10);
    const member: Member = { sink, place: 0, joinedAt: 0, gap: undefined, detach() {} };
    group.join(member);
  }
  return { clock, metrics, owner, group };
}

test("fan-out is timed from the receipt of a batch's oldest record to its last write, end to end from the broker's timestamp", () => {
  const { clock, metrics, owner, group } = slowGroup();
  clock.advance(1_000);
  owner.receivedAt = clock.monotonic();
  group.append(PAYLOAD, undefined, clock.now() - 500);
  clock.advance(5);
  owner.receivedAt = clock.monotonic();
  group.append(PAYLOAD, undefined, clock.now() - 1);
  assert.equal(group.deliver(clock, Number.POSITIVE_INFINITY), true);
  const { fanout, endToEnd, batchEvents } = metrics.latency;
  assert.deepEqual([fanout.count, endToEnd.count, batchEvents.count], [1, 1, 1]);
  assert.equal(batchEvents.sum, 2);
  assert.equal(fanout.sum, 0.035);
  assert.equal(endToEnd.sum, 0.535);
  assert.equal(metrics.deliveredBytes, 3 * 2 * PAYLOAD.length);
});

test('each batch counts for itself, and a clock of the broker that is ahead of ours counts as no time', () => {
  const { clock, metrics, owner, group } = slowGroup();
  for (const ahead of [0, 60_000]) {
    owner.receivedAt = clock.monotonic();
    group.append(PAYLOAD, undefined, clock.now() + ahead);
    group.deliver(clock, Number.POSITIVE_INFINITY);
  }
  const { fanout, endToEnd } = metrics.latency;
  assert.equal(fanout.count, 2);
  assert.equal(fanout.sum, 0.06);
  assert.equal(endToEnd.count, 2);
  assert.equal(endToEnd.sum, 0.03);
});

test('a delivery that is cut into slices is timed to its end, and once', () => {
  const { clock, metrics, owner, group } = slowGroup();
  for (let number = 0; number < 100; number += 1) {
    const sink = new RecordingSink();
    group.join({ sink, place: 0, joinedAt: 0, gap: undefined, detach() {} });
  }
  owner.receivedAt = clock.monotonic();
  group.append(PAYLOAD, undefined, clock.now());
  assert.equal(group.deliver(clock, clock.monotonic()), false);
  assert.equal(metrics.latency.fanout.count, 0);
  clock.advance(200);
  assert.equal(group.deliver(clock, Number.POSITIVE_INFINITY), true);
  assert.equal(metrics.latency.fanout.count, 1);
  assert.equal(metrics.latency.fanout.sum, 0.23);
});
