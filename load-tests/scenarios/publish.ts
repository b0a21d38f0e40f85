// Mutations at a constant rate, one event each, by HTTP, for each delivery at once. All must be acknowledged, none may be left out for want
// of a free virtual user (`dropped_iterations`), and a subscriber of each topic must get every acknowledged event once. Each virtual user
// counts its own events, because only those that one of them sends have an order.

import exec from 'k6/execution';
import http from 'k6/http';
import type { Options, Scenario } from 'k6/options';
import { setTimeout } from 'k6/timers';
import { type Delivery, mutationOf, subscriptionOf } from '../lib/deliveries.ts';
import { flowOptions, once } from '../lib/flow-options.ts';
import { GATEWAY_SOCKET_URL, GATEWAY_URL } from '../lib/gateway.ts';
import { GatewayConnection, type Result } from '../lib/graphql-transport-ws.ts';
import { Ledger } from '../lib/ledger.ts';
import { type LoadEvent, loadEvent } from '../lib/load-event.ts';
import { countPublished, expectEvents, fail, publishTime } from '../lib/measures.ts';
import { deliveriesOf, profileName, sizesOf } from '../lib/profile.ts';
import { END_PATIENCE_MS, planRun, type RunPlan, topicOf } from '../lib/run-plan.ts';
import { thresholdsOf } from '../thresholds/thresholds.ts';

const sizes = sizesOf('publish', __ENV);
const deliveries = deliveriesOf(__ENV);
/**
 * Of each delivery: a publish may take half a second before one is left out. k6 makes them before it starts; those that it makes in the
 * run take so much of the processor that they are the reason for needing more.
 */
const PUBLISHERS = Math.ceil(sizes.rate / 2);

function load(exec: string): Scenario {
  return {
    executor: 'constant-arrival-rate',
    exec,
    rate: sizes.rate,
    timeUnit: '1s',
    duration: `${sizes.seconds}s`,
    startTime: `${sizes.attachSeconds}s`,
    preAllocatedVUs: PUBLISHERS,
    maxVUs: PUBLISHERS,
    gracefulStop: '5s',
  };
}

export const options: Options = flowOptions(
  {
    subscribers: once('subscribers', 1, sizes),
    ...Object.fromEntries(deliveries.map((delivery) => [delivery.toLowerCase(), load(delivery.toLowerCase())])),
  },
  {
    ...thresholdsOf({
      profile: profileName(__ENV),
      latencyOf: deliveries,
      subscribers: undefined,
      timed: ['publish_time'],
    }),
    dropped_iterations: ['count==0'],
    // k6 starts the last one or leaves it, as its clock falls.
    events_published: [`count>=${deliveries.length * (sizes.rate * sizes.seconds - 2)}`],
  },
);

export function setup(): RunPlan {
  return planRun(sizes);
}

export async function ephemeral(plan: RunPlan): Promise<void> {
  await publish(plan, 'EPHEMERAL');
}

export async function buffered(plan: RunPlan): Promise<void> {
  await publish(plan, 'BUFFERED');
}

export async function durable(plan: RunPlan): Promise<void> {
  await publish(plan, 'DURABLE');
}

/** Of this virtual user: it may work for several deliveries. */
const sequences = new Map<Delivery, number>();

async function publish(plan: RunPlan, delivery: Delivery): Promise<void> {
  const sequence = (sequences.get(delivery) ?? 0) + 1;
  sequences.set(delivery, sequence);
  const due = exec.scenario.startTime + Math.round((exec.scenario.iterationInTest * 1000) / sizes.rate);
  const frame = { run: plan.run, topic: topicOf(plan, 0), source: String(exec.vu.idInTest), bytes: sizes.bytes };
  const at = Date.now();
  const { status, body } = await http.asyncRequest(
    'POST',
    GATEWAY_URL,
    JSON.stringify({
      query: mutationOf(delivery),
      variables: { event: loadEvent(frame, 'EVENT', sequence, due) },
    }),
    { headers: { 'content-type': 'application/json' }, timeout: '10s' },
  );
  publishTime.add(Date.now() - at, { delivery });
  const text = String(body);
  if (status === 200 && !text.includes('"errors"')) {
    countPublished(1, delivery);
    expectEvents(1, delivery);
  } else {
    fail(`an event of ${delivery} was not published: status ${status}, ${text.slice(0, 300)}`);
  }
}

/** One subscriber for each delivery. What it got is held against what was acknowledged by the tool, which reads both counters. */
export function subscribers(plan: RunPlan): void {
  for (const delivery of deliveries) subscriber(plan, delivery);
}

function subscriber(plan: RunPlan, delivery: Delivery): void {
  const bySource = new Map<string, Ledger>();
  const receive = (result: Result): void => {
    const event = (result.data as { event?: LoadEvent | null } | null | undefined)?.event;
    const source = event?.source ?? '';
    let ledger = bySource.get(source);
    if (ledger === undefined) {
      ledger = new Ledger({
        delivery,
        role: 'subscriber',
        run: plan.run,
        joinsMidway: false,
        expectedElsewhere: true,
        ended: () => {},
      });
      bySource.set(source, ledger);
    }
    ledger.receive(result);
  };
  const connection = new GatewayConnection(GATEWAY_SOCKET_URL, {
    ready: () => {
      connection.start(
        { query: subscriptionOf(delivery), variables: { topic: topicOf(plan, 0) } },
        {
          next: receive,
          completed: () => fail(`the server ended a subscription of ${delivery}`),
          failed: fail,
        },
      );
    },
    lost: fail,
  });
  setTimeout(
    () => {
      for (const ledger of bySource.values()) ledger.settle();
      connection.close();
    },
    plan.startAt + sizes.seconds * 1000 + END_PATIENCE_MS - Date.now(),
  );
}
