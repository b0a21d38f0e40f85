import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { History } from '../../src/broker/history.ts';
import type { Broker } from '../../src/broker/port.ts';
import type { BrokerRecord } from '../../src/broker/record.ts';
import type { StreamId } from '../../src/broker/stream.ts';
import { CompiledFilter } from '../../src/fanout/filter/compiled-filter.ts';
import { Flush } from '../../src/fanout/flush.ts';
import { LiveStream } from '../../src/fanout/live-stream.ts';
import type { SubscriptionPlan } from '../../src/fanout/plan.ts';
import { ReaderSlots } from '../../src/fanout/reader-slots.ts';
import { ReplayCache } from '../../src/fanout/replay-cache.ts';
import { RingBudget } from '../../src/fanout/ring.ts';
import { TopicMetrics } from '../../src/metrics/topic-metrics.ts';
import type { Topic, TopicInstance } from '../../src/routing/topic.ts';
import { durableTopics, ephemeralTopics } from '../broker/topics.ts';
import { eventually } from '../support/eventually.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ManualTurns } from '../support/manual-turns.ts';
import { RecordingSink } from '../support/recording-sink.ts';
import { unreadHistory } from './scripted-history.ts';

assert.ok(ephemeralTopics.wildcard.can);
const typing = ephemeralTopics.wildcard.topic;
const quakes = durableTopics.parameter;
const GROUPS = 10_000;

let metrics: TopicMetrics;
let clock: ManualClock;
let turns: ManualTurns;
/** Projections, and evaluations of what filters leave to be evaluated. */
let work: { projected: number; evaluated: number };
let released: number;
let sequence: number;

beforeEach(() => {
  metrics = new TopicMetrics('test', 'test');
  clock = new ManualClock();
  turns = new ManualTurns();
  work = { projected: 0, evaluated: 0 };
  released = 0;
  sequence = 0;
});

/** A stream of several instances, whose tail the test plays. */
function streamOf(topic: Topic, history: History | undefined = undefined): LiveStream {
  const tail = { attached: Promise.resolve(), close() {} };
  // The stream asks its broker for a tail and for the history, and for nothing else.
  const broker = { history, tail: () => tail } as unknown as Broker;
  return new LiveStream(broker, { id: 'test' as StreamId, topic, instance: undefined }, metrics, {
    flush: new Flush(clock, turns.schedule, () => {}),
    clock,
    nextTurn: turns.schedule,
    ringBudget: new RingBudget(),
    slots: new ReaderSlots(),
    replayCache: new ReplayCache(),
    countExpired() {},
    mask: (error) => {
      throw error;
    },
    released() {
      released += 1;
    },
  });
}

function plan(topic: Topic, instance: string | undefined, rest: Partial<SubscriptionPlan> = {}): SubscriptionPlan {
  return {
    topic,
    instance: instance as TopicInstance | undefined,
    start: { type: 'live' },
    selectionKey: '{ all }',
    filterKey: '',
    responseKey: 'all',
    compileFilter: () => undefined,
    compileProjection: () => (value) => {
      work.projected += 1;
      return { data: JSON.stringify({ all: value }), errors: undefined };
    },
    ...rest,
  };
}

/** `author` is demanded; that it is in capitals is left to be evaluated. */
function byAuthor(author: string): Partial<SubscriptionPlan> {
  const demand = { field: 'author', keys: [author], keysOf: authorOf, exact: true };
  return {
    filterKey: author,
    compileFilter: () =>
      new CompiledFilter([
        { passes: (value) => value['author'] === author, demand },
        {
          passes(value) {
            work.evaluated += 1;
            return value['loud'] === true;
          },
          demand: undefined,
        },
      ]),
  };
}

const authorOf = (value: Readonly<Record<string, unknown>>): readonly string[] => [String(value['author'])];

function record(value: string | Buffer, instance: string | undefined): BrokerRecord {
  sequence += 1;
  return {
    instance: instance as TopicInstance | undefined,
    key: undefined,
    value: Buffer.from(value),
    position: { type: 'log', epoch: 'e', sequence },
    timestamp: sequence,
  };
}

function valuesOf(sink: RecordingSink): unknown[] {
  return sink.results.map((result) => result.data?.['all']);
}

describe('LiveStream - many groups', () => {
  test('an event costs the evaluations and projections of the groups that it hits, of 10,000 on one instance', () => {
    const stream = streamOf(typing);
    const sinks = Array.from({ length: GROUPS }, () => new RecordingSink());
    for (const [at, sink] of sinks.entries()) stream.attach(plan(typing, 'typing.a', byAuthor(`u${at % 5_000}`)), sink);
    stream.record(record('{"room":"a","author":"u7","loud":true}', 'typing.a'));
    stream.record(record('{"room":"a","author":"u8"}', 'typing.a'));
    turns.turn();
    assert.deepEqual(work, { projected: 1, evaluated: 2 });
    const heard = sinks.filter((sink) => sink.results.length > 0);
    assert.deepEqual(heard, [sinks[7], sinks[5_007]]);
  });

  test('10,000 instances of one stream: an event is projected for its own, and the others are not looked at', () => {
    const stream = streamOf(quakes);
    stream.positioned({ log: 'e', partitions: [{ type: 'log', sequence: 0 }] });
    const sinks = Array.from({ length: GROUPS }, () => new RecordingSink());
    for (const [at, sink] of sinks.entries()) {
      stream.attach(plan(quakes, `quakes.n${at}`, { ...byAuthor('a'), selectionKey: String(at) }), sink);
    }
    // The value names the instance: this stream's records have no address.
    stream.record(record('{"network":"n42","author":"a","loud":true}', undefined));
    turns.turn();
    assert.deepEqual(work, { projected: 1, evaluated: 1 });
    assert.equal(metrics.decoded, 1);
    assert.deepEqual(
      sinks.filter((sink) => sink.results.length > 0),
      [sinks[42]],
    );
  });

  test('groups that differ in their filters alone share one projection and the same bytes of each event', () => {
    const stream = streamOf(typing);
    const sinks = [new RecordingSink(), new RecordingSink(), new RecordingSink()] as const;
    const pass = (key: string): Partial<SubscriptionPlan> => ({
      filterKey: key,
      compileFilter: () => new CompiledFilter([{ passes: () => true, demand: undefined }]),
    });
    stream.attach(plan(typing, 'typing.a'), sinks[0]);
    stream.attach(plan(typing, 'typing.a', pass('one')), sinks[1]);
    stream.attach(plan(typing, 'typing.a', pass('other')), sinks[2]);
    for (const n of [1, 2]) {
      stream.record(record(`{"room":"a","n":${n}}`, 'typing.a'));
      turns.turn();
    }
    assert.equal(work.projected, 2);
    for (const sink of sinks)
      assert.deepEqual(
        valuesOf(sink),
        [1, 2].map((n) => ({ room: 'a', n })),
      );
    assert.equal(new Set(sinks.map((sink) => sink.batches[1]?.payloads[0])).size, 1);
  });

  test('the fan-out of a record is timed from its receipt, over all groups that it hits', () => {
    const stream = streamOf(typing);
    for (const key of ['one', 'other']) {
      const sink = new RecordingSink();
      sink.onNext = () => clock.advance(10);
      stream.attach(plan(typing, 'typing.a', { filterKey: key }), sink);
    }
    clock.advance(1_000);
    stream.record(record('{"room":"a"}', 'typing.a'));
    clock.advance(5);
    turns.turn();
    // One batch of a group after 15 ms. The slice ends there, and the other one is handed out in the next turn.
    while (turns.turn());
    const { fanout } = metrics.latency;
    assert.deepEqual([fanout.count, fanout.sum], [2, 0.015 + 0.025]);
  });

  test('a group that was left and is joined again hears what comes then; the last to leave releases the stream', () => {
    const stream = streamOf(typing);
    const attachments = Array.from({ length: 100 }, (_, at) =>
      stream.attach(plan(typing, 'typing.a', byAuthor(`u${at}`)), new RecordingSink()),
    );
    for (const attachment of attachments.slice(1)) attachment.end();
    const sink = new RecordingSink();
    const again = stream.attach(plan(typing, 'typing.a', byAuthor('u50')), sink);
    stream.record(record('{"room":"a","author":"u50","loud":true}', 'typing.a'));
    turns.turn();
    assert.equal(sink.results.length, 1);
    assert.equal(work.projected, 1);
    again.end();
    assert.equal(released, 0);
    attachments[0]?.end();
    assert.equal(released, 1);
    assert.equal(metrics.subscriptions, 0);
    assert.equal(stream.listening, 0);
  });
});

describe('LiveStream - groups without live members', () => {
  test('they are not offered events: nothing is evaluated, projected or kept for them', () => {
    const stream = streamOf(typing);
    const gone = stream.attach(plan(typing, 'typing.a', byAuthor('gone')), new RecordingSink());
    stream.attach(plan(typing, 'typing.a', byAuthor('here')), new RecordingSink());
    gone.end();
    stream.record(record('{"room":"a","author":"gone","loud":true}', 'typing.a'));
    assert.equal(turns.turn(), false);
    assert.deepEqual(work, { projected: 0, evaluated: 0 });
  });

  test('P36: one whose only member fell behind is silent until the member is back, and then hears what comes', async () => {
    const start = { log: 'e', partitions: [{ type: 'log' as const, sequence: 0 }] };
    const stream = streamOf(quakes, unreadHistory(start));
    stream.positioned(start);
    const sink = new RecordingSink();
    const attachment = stream.attach(plan(quakes, 'quakes.us'), sink);
    const publish = (n: number): void => stream.record(record(`{"network":"us","n":${n}}`, undefined));
    publish(1);
    turns.turn();
    sink.writable = false;
    publish(2);
    turns.turn();
    assert.equal(stream.listening, 0);
    publish(3);
    assert.equal(metrics.decoded, 2);
    sink.writable = true;
    attachment.resume();
    await eventually(() => !turns.turn() && stream.listening === 1);
    publish(4);
    turns.turn();
    assert.deepEqual(
      valuesOf(sink),
      [1, 2, 3, 4].map((n) => ({ network: 'us', n })),
    );
    attachment.end();
  });
});

describe('LiveStream - decoding late', () => {
  let attached: { end(): void; resume(): void };

  afterEach(() => attached.end());

  test('a record of an instance that its address names and nobody is subscribed to is not parsed', () => {
    const stream = streamOf(typing);
    const sink = new RecordingSink();
    attached = stream.attach(plan(typing, 'typing.a'), sink);
    for (let count = 0; count < 5; count += 1) stream.record(record('not even JSON', 'typing.b'));
    stream.record(record('{"room":"a"}', 'typing.a'));
    turns.turn();
    assert.equal(sink.results.length, 1);
    assert.deepEqual([metrics.events, metrics.decoded, metrics.invalidEvents], [6, 1, 0]);
  });

  test('what only readers wait for is parsed when the first reads it, once for all, from bytes of its own', async () => {
    const start = { log: 'e', partitions: [{ type: 'log' as const, sequence: 0 }] };
    const stream = streamOf(quakes, unreadHistory(start));
    stream.positioned(start);
    const sinks = [new RecordingSink(), new RecordingSink()] as const;
    const attachments = sinks.map((sink) => {
      sink.writable = false;
      return stream.attach(plan(quakes, 'quakes.us', { start: { type: 'earliest' } }), sink);
    });
    attached = { end: () => attachments.forEach((each) => void each.end()), resume() {} };
    await eventually(() => sinks.every((sink) => sink.progresses.length === 1), { deadlineMs: 10_000 });
    for (const value of ['{"network":"us","n":1}', '["not an event"]', '{"network":"us","n":3}']) {
      const received = record(value, undefined);
      stream.record(received);
      // The broker's buffer is the broker's.
      received.value?.fill('x');
    }
    assert.deepEqual([metrics.events, metrics.decoded, metrics.invalidEvents], [3, 0, 0]);
    for (const [at, sink] of sinks.entries()) {
      sink.writable = true;
      attachments[at]?.resume();
      await eventually(() => !turns.turn() && sink.results.length === 3);
      assert.deepEqual(valuesOf(sink), [{ network: 'us', n: 1 }, null, { network: 'us', n: 3 }]);
      // P97: for whoever reads it, and counted as one record.
      assert.equal(sink.results[1]?.errors?.[0]?.extensions?.['code'], 'EVENT_INVALID');
      assert.deepEqual([metrics.events, metrics.decoded, metrics.invalidEvents], [3, 3, 1]);
    }
  });
});
