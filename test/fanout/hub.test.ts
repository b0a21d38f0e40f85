import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { createMemoryBroker } from '../../src/broker/memory/broker.ts';
import type { Broker } from '../../src/broker/port.ts';
import { CompiledFilter } from '../../src/fanout/filter/compiled-filter.ts';
import { Hub } from '../../src/fanout/hub.ts';
import type { SubscriptionPlan } from '../../src/fanout/plan.ts';
import { stringifyJson } from '../../src/json/text.ts';
import type { JsonObject, JsonValue } from '../../src/json/value.ts';
import { silentLogger } from '../../src/log/logger.ts';
import { GatewayMetrics } from '../../src/metrics/gateway-metrics.ts';
import type { Topic, TopicInstance } from '../../src/routing/topic.ts';
import { ephemeralTopics } from '../broker/topics.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ManualTurns } from '../support/manual-turns.ts';
import { RecordingSink } from '../support/recording-sink.ts';

const chat = ephemeralTopics.parameter;
assert.ok(ephemeralTopics.wildcard.can);
const typing = ephemeralTopics.wildcard.topic;

interface PlanCounts {
  compiled: number;
  filtered: number;
  projected: number;
}

let broker: Broker;
let metrics: GatewayMetrics;
let hub: Hub;
let clock: ManualClock;
let turns: ManualTurns;
let counts: PlanCounts;

function plan(
  topic: Topic,
  instance: string | undefined,
  options: Partial<SubscriptionPlan> & { room?: string } = {},
): SubscriptionPlan {
  return {
    topic,
    instance: instance as TopicInstance | undefined,
    start: { type: 'live' },
    selectionKey: '{ message { text } }',
    filterKey: '',
    responseKey: 'message',
    compileFilter: () => undefined,
    compileProjection() {
      counts.compiled += 1;
      return (value: JsonObject) => {
        counts.projected += 1;
        return { data: stringifyJson({ message: { text: value['text'] ?? null } }), errors: undefined };
      };
    },
    ...options,
  };
}

async function publish(topic: Topic, instance: string, value: JsonValue): Promise<void> {
  const outcome = await broker.publish({
    topic,
    instance: instance as TopicInstance,
    key: undefined,
    value: stringifyJson(value),
    attributes: new Map(),
  });
  assert.equal(outcome.type, 'acknowledged');
}

function texts(sink: RecordingSink): unknown[] {
  return sink.results.map((result) => (result.data?.['message'] as { text?: unknown } | null)?.text ?? null);
}

beforeEach(async () => {
  clock = new ManualClock();
  turns = new ManualTurns();
  counts = { compiled: 0, filtered: 0, projected: 0 };
  metrics = new GatewayMetrics('test');
  broker = createMemoryBroker({ clock, log: silentLogger, topics: [chat, typing], onBytes() {} });
  await broker.open();
  hub = new Hub({
    bindings: new Map([['EPHEMERAL', broker]]),
    metrics,
    clock,
    nextTurn: turns.schedule,
    log: silentLogger,
  });
});

afterEach(async () => {
  hub.close();
  await broker.close();
  metrics.close();
});

describe('Hub - sharing', () => {
  test('subscribers of one instance and operation share one tail, one projection per event and the same bytes', async () => {
    const sinks = Array.from({ length: 100 }, () => new RecordingSink());
    for (const sink of sinks) hub.attach(plan(chat, 'chat.a'), sink);
    assert.equal(broker.tailCount(), 1);
    await publish(chat, 'chat.a', { room: 'a', text: 'hi' });
    turns.turn();
    assert.deepEqual(counts, { compiled: 1, filtered: 0, projected: 1 });
    for (const sink of sinks) assert.deepEqual(texts(sink), ['hi']);
    assert.equal(new Set(sinks.map((sink) => sink.batches[0]?.payloads[0])).size, 1);
    assert.equal(metrics.topic(chat.name, 'EPHEMERAL').deliveries, 100);
  });

  test('other selection keys are other groups: each is projected on its own, the record is read once', async () => {
    const one = new RecordingSink();
    const other = new RecordingSink();
    hub.attach(plan(chat, 'chat.a'), one);
    hub.attach(plan(chat, 'chat.a', { selectionKey: '{ message { id text } }' }), other);
    await publish(chat, 'chat.a', { room: 'a', text: 'hi' });
    turns.turn();
    assert.equal(broker.tailCount(), 1);
    assert.equal(counts.projected, 2);
    assert.equal(metrics.topic(chat.name, 'EPHEMERAL').events, 1);
    assert.deepEqual([texts(one), texts(other)], [['hi'], ['hi']]);
  });

  test('an event that the filter refuses costs no projection and wakes no flush', async () => {
    const sink = new RecordingSink();
    const filter = new CompiledFilter([{ passes: (value) => value['text'] === 'loud', demand: undefined }]);
    hub.attach(plan(chat, 'chat.a', { compileFilter: () => filter }), sink);
    await publish(chat, 'chat.a', { room: 'a', text: 'quiet' });
    assert.equal(turns.turn(), false);
    await publish(chat, 'chat.a', { room: 'a', text: 'loud' });
    turns.turn();
    assert.deepEqual(texts(sink), ['loud']);
    assert.equal(counts.projected, 1);
  });

  test('several events of one turn go out as one batch, in order', async () => {
    const sink = new RecordingSink();
    hub.attach(plan(chat, 'chat.a'), sink);
    for (const text of ['1', '2', '3']) await publish(chat, 'chat.a', { room: 'a', text });
    turns.turn();
    assert.equal(sink.batches.length, 1);
    assert.deepEqual(texts(sink), ['1', '2', '3']);
  });
});

describe('Hub - instances', () => {
  test('a subscriber hears its own instance only; one without parameters hears all', async () => {
    const a = new RecordingSink();
    const all = new RecordingSink();
    hub.attach(plan(typing, 'typing.a'), a);
    hub.attach(plan(typing, undefined), all);
    await publish(typing, 'typing.a', { room: 'a', text: 'in a' });
    await publish(typing, 'typing.b', { room: 'b', text: 'in b' });
    turns.turn();
    assert.deepEqual(texts(a), ['in a']);
    assert.deepEqual(texts(all), ['in a', 'in b']);
  });
});

describe('Hub - attach and detach', () => {
  test('the tail lives from the first subscriber to the last, and detaching twice does nothing', () => {
    const attachments = [1, 2, 3].map(() => hub.attach(plan(chat, 'chat.a'), new RecordingSink()));
    assert.equal(metrics.topic(chat.name, 'EPHEMERAL').subscriptions, 3);
    for (const attachment of attachments) {
      assert.equal(broker.tailCount(), 1);
      attachment.end();
      attachment.end();
    }
    assert.equal(broker.tailCount(), 0);
    assert.equal(hub.streamCount, 0);
    assert.equal(metrics.topic(chat.name, 'EPHEMERAL').subscriptions, 0);
  });

  test('nothing reaches a sink after it was detached, even with payloads pending', async () => {
    const sink = new RecordingSink();
    const stays = new RecordingSink();
    const attachment = hub.attach(plan(chat, 'chat.a'), sink);
    hub.attach(plan(chat, 'chat.a'), stays);
    await publish(chat, 'chat.a', { room: 'a', text: 'hi' });
    attachment.end();
    turns.turn();
    assert.deepEqual(sink.results, []);
    assert.deepEqual(texts(stays), ['hi']);
  });

  test('a subscriber that joins between two events of one turn gets the later one only', async () => {
    const early = new RecordingSink();
    const late = new RecordingSink();
    const tooLate = new RecordingSink();
    hub.attach(plan(chat, 'chat.a'), early);
    await publish(chat, 'chat.a', { room: 'a', text: '1' });
    hub.attach(plan(chat, 'chat.a'), late);
    await publish(chat, 'chat.a', { room: 'a', text: '2' });
    hub.attach(plan(chat, 'chat.a'), tooLate);
    turns.turn();
    assert.deepEqual([texts(early), texts(late), texts(tooLate)], [['1', '2'], ['2'], []]);
  });

  test('a sink may detach itself and others while a batch goes round', async () => {
    const sinks = [new RecordingSink(), new RecordingSink(), new RecordingSink()] as const;
    const attachments = sinks.map((sink) => hub.attach(plan(chat, 'chat.a'), sink));
    sinks[0].onNext = () => {
      attachments[0]?.end();
      attachments[1]?.end();
    };
    await publish(chat, 'chat.a', { room: 'a', text: '1' });
    turns.turn();
    await publish(chat, 'chat.a', { room: 'a', text: '2' });
    turns.turn();
    assert.deepEqual(sinks.map(texts), [['1'], [], ['1', '2']]);
  });

  test('a long flush is sliced, and a group that waits is served before the long one goes on', async () => {
    const order: string[] = [];
    for (let index = 0; index < 200; index += 1) {
      const sink = new RecordingSink();
      sink.onNext = () => {
        // Time passes with each write, so that the slice ends.
        clock.advance(1);
        order.push('large');
      };
      hub.attach(plan(chat, 'chat.large'), sink);
    }
    const small = new RecordingSink();
    small.onNext = () => order.push('small');
    hub.attach(plan(chat, 'chat.small'), small);
    await publish(chat, 'chat.large', { room: 'large', text: '1' });
    await publish(chat, 'chat.small', { room: 'small', text: '1' });
    let turnsTaken = 0;
    while (turns.turn()) turnsTaken += 1;
    assert.equal(order.length, 201);
    assert.ok(turnsTaken > 1);
    const at = order.indexOf('small');
    assert.ok(at > 0 && at < 200, `the small group was served at place ${at}`);
  });

  test('a group at its byte bound is handed out within the turn', async () => {
    const sink = new RecordingSink();
    hub.attach(plan(chat, 'chat.a'), sink);
    for (let count = 0; count < 12; count += 1) {
      await publish(chat, 'chat.a', { room: 'a', text: 'x'.repeat(1_000_000) });
    }
    assert.ok(sink.results.length >= 8, `${sink.results.length} were handed out before the turn ended`);
    turns.turn();
    assert.equal(sink.results.length, 12);
  });
});

describe('Hub - slow subscribers of a topic that keeps nothing', () => {
  test('P36, P92: a peer that takes no more loses the newest events and is told with the next result; others lose nothing', async () => {
    const slow = new RecordingSink();
    const fast = new RecordingSink();
    hub.attach(plan(chat, 'chat.a'), slow);
    hub.attach(plan(chat, 'chat.a'), fast);
    await publish(chat, 'chat.a', { room: 'a', text: '1' });
    turns.turn();
    slow.writable = false;
    const since = new Date(clock.now()).toISOString();
    for (const text of ['2', '3']) {
      await publish(chat, 'chat.a', { room: 'a', text });
      turns.turn();
      clock.advance(1_000);
    }
    slow.writable = true;
    for (const text of ['4', '5']) {
      await publish(chat, 'chat.a', { room: 'a', text });
      turns.turn();
    }
    assert.deepEqual(texts(fast), ['1', '2', '3', '4', '5']);
    assert.deepEqual(texts(slow), ['1', '4', '5']);
    const gap = { reason: 'slow_subscriber', since };
    assert.deepEqual(
      slow.results.map((result) => result.extensions),
      [undefined, { gap }, undefined],
    );
    // P100: told at once, and once.
    assert.deepEqual(slow.progresses, [{ cursor: undefined, gap }]);
    assert.equal(metrics.topic(chat.name, 'EPHEMERAL').gaps.get('slow_subscriber'), 2);
  });
});

describe('Hub - records that cannot be read', () => {
  test('P97: the subscribers of the instance get null with EVENT_INVALID, it is counted, and the stream goes on', async () => {
    const a = new RecordingSink();
    const b = new RecordingSink();
    hub.attach(plan(chat, 'chat.a'), a);
    hub.attach(plan(chat, 'chat.b'), b);
    await publish(chat, 'chat.a', ['not an object']);
    await publish(chat, 'chat.a', { room: 'a', text: 'fine' });
    turns.turn();
    const [bad, good] = a.results;
    assert.deepEqual(bad?.data, { message: null });
    assert.deepEqual(bad?.errors?.[0]?.path, ['message']);
    assert.equal(bad?.errors?.[0]?.extensions?.['code'], 'EVENT_INVALID');
    assert.deepEqual(good?.data, { message: { text: 'fine' } });
    assert.deepEqual(b.results, []);
    assert.equal(metrics.topic(chat.name, 'EPHEMERAL').invalidEvents, 1);
  });
});
