import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { CompiledFilter } from '../../src/fanout/filter/compiled-filter.ts';
import { Hub } from '../../src/fanout/hub.ts';
import type { SubscriptionPlan, SubscriptionStart } from '../../src/fanout/plan.ts';
import type { JsonObject } from '../../src/json/value.ts';
import { silentLogger } from '../../src/log/logger.ts';
import { GatewayMetrics } from '../../src/metrics/gateway-metrics.ts';
import type { TopicInstance } from '../../src/routing/topic.ts';
import { durableTopics } from '../broker/topics.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ManualTurns } from '../support/manual-turns.ts';
import { Random } from '../support/random.ts';
import { SimulatedBroker } from './simulation/simulated-broker.ts';
import { SimulatedClient, type SimulatedEvent } from './simulation/simulated-client.ts';

const SCHEDULES = Number(process.env['SLUICE_TEST_SCHEDULES'] ?? 500);
const STEPS = 250;
const topic = durableTopics.parameter;
const NETWORKS = ['us', 'ak'];

/** What all schedules together did: a schedule that explores nothing proves nothing. */
const explored = { received: 0, expired: 0, reconnects: 0, stalls: 0, trims: 0 };

const isEven = (value: JsonObject): boolean => value['even'] === true;

function planOf(network: string | undefined, evenOnly: boolean): Omit<SubscriptionPlan, 'start'> {
  return {
    topic,
    instance: network === undefined ? undefined : (`quakes.${network}` as TopicInstance),
    selectionKey: '{ quake { at } }',
    filterKey: evenOnly ? 'even' : '',
    responseKey: 'quake',
    compileFilter: () => (evenOnly ? new CompiledFilter([{ passes: isEven, demand: undefined }]) : undefined),
    compileProjection: () => (value) => ({ data: JSON.stringify({ at: value['at'] }), errors: undefined }),
  };
}

async function runSchedule(seed: number): Promise<void> {
  const random = new Random(seed);
  const clock = new ManualClock();
  const turns = new ManualTurns();
  const metrics = new GatewayMetrics('test');
  const broker = new SimulatedBroker(random, 1 + random.below(3));
  const hub = new Hub({
    bindings: new Map([['DURABLE', broker]]),
    metrics,
    clock,
    nextTurn: turns.schedule,
    log: silentLogger,
    // A ring of a few events, so that it overflows often.
    ringBytes: 500 + random.below(20_000),
    replayReaders: 1 + random.below(3),
  });

  const append = (): void => {
    const partition = random.below(broker.partitionCount);
    const offset = broker.records(partition).length;
    const event: SimulatedEvent = {
      network: random.pick(NETWORKS),
      at: `${partition}/${offset}`,
      even: offset % 2 === 0,
    };
    broker.append(partition, JSON.stringify(event), clock.now());
  };
  for (let count = random.below(60); count > 0; count -= 1) append();

  const clients = Array.from({ length: 1 + random.below(6) }, () => {
    const network = random.chance(0.3) ? undefined : random.pick(NETWORKS);
    const evenOnly = random.chance(0.3);
    const start: SubscriptionStart = random.pick([
      { type: 'live' },
      { type: 'earliest' },
      { type: 'last', count: 1 + random.below(20) },
      { type: 'time', time: clock.now() },
    ]);
    const wanted = (event: SimulatedEvent): boolean =>
      (network === undefined || event.network === network) && (!evenOnly || event.even);
    return new SimulatedClient(broker, hub, planOf(network, evenOnly), wanted, start, 1 + random.below(40));
  });

  for (let step = 0; step < STEPS; step += 1) {
    const client = random.pick(clients);
    const choice = random.below(100);
    if (choice < 25) append();
    else if (choice < 45) broker.stepTail();
    else if (choice < 62) broker.stepRead();
    else if (choice < 76) turns.turn();
    else if (choice < 82) client.connect();
    else if (choice < 85) client.disconnect();
    else if (choice < 88) {
      client.stall();
      explored.stalls += 1;
    } else if (choice < 92) client.goOn(1 + random.below(40));
    else if (choice < 94) client.askForProgress();
    else if (choice < 99) clock.advance(random.below(300));
    else {
      const partition = random.below(broker.partitionCount);
      broker.trim(partition, random.below(broker.records(partition).length + 1));
      explored.trims += 1;
    }
    if (random.chance(0.5)) await turn();
    if (step % 25 === 0) for (const each of clients) each.check(false);
  }

  // Everybody comes back, nothing stalls any more, and in the end everyone has everything.
  for (let round = 0; round < 5_000; round += 1) {
    for (const client of clients) {
      client.connect();
      client.goOn(1_000_000);
      client.askForProgress();
    }
    broker.stepTail();
    broker.stepRead();
    turns.turn();
    clock.advance(20);
    await turn();
    if (broker.quiet && clients.every((client) => client.complete)) break;
  }
  for (const client of clients) {
    client.check(true);
    assert.ok(client.complete);
    explored.expired += client.expired;
    explored.reconnects += client.connects - 1;
    client.disconnect();
  }
  assert.equal(broker.tailCount(), 0);
  assert.equal(hub.streamCount, 0);
  explored.received += metrics.topic(topic.name, 'DURABLE').deliveries;
  metrics.close();
}

test(`over ${SCHEDULES} random schedules every subscriber's log is the broker's own: no gap, no double, no swap (J4)`, async () => {
  const first = Number(process.env['SLUICE_TEST_SEED'] ?? 1);
  for (let seed = first; seed < first + SCHEDULES; seed += 1) {
    try {
      await runSchedule(seed);
    } catch (error) {
      throw new Error(`schedule ${seed} failed (SLUICE_TEST_SEED=${seed} SLUICE_TEST_SCHEDULES=1 runs it alone)`, {
        cause: error,
      });
    }
  }
  console.log(`explored: ${JSON.stringify(explored)}`);
  if (SCHEDULES >= 100) for (const [what, count] of Object.entries(explored)) assert.ok(count > SCHEDULES / 10, what);
});
