// Subscribers that come and go while events flow: their number rises to all, stays, and falls again. What each gets while it is there must be
// without a hole. Run for long (`--profile soak`), the report shows whether memory or latency grow.

import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { clearTimeout, setTimeout } from 'k6/timers';
import { subscriptionOf } from '../lib/deliveries.ts';
import { flowOptions, once } from '../lib/flow-options.ts';
import { GATEWAY_SOCKET_URL } from '../lib/gateway.ts';
import { GatewayConnection } from '../lib/graphql-transport-ws.ts';
import { Ledger } from '../lib/ledger.ts';
import { ackTime, connectTime, fail } from '../lib/measures.ts';
import { deliveriesOf, profileName, sizesOf } from '../lib/profile.ts';
import { planRun, type RunPlan } from '../lib/run-plan.ts';
import { publisherCount, publishShare, type Topic, topicsOf } from '../lib/topics.ts';
import { thresholdsOf } from '../thresholds/thresholds.ts';

const sizes = sizesOf('soak', __ENV);
const deliveries = deliveriesOf(__ENV);
/** One socket each, and all are there in the middle of the run. */
const SUBSCRIBERS = sizes.topics * sizes.subscribers * deliveries.length;
/** How long one stays, in milliseconds. */
const STAY_MS = Math.max(2_000, Math.min(60_000, (sizes.seconds * 1000) / 4));

export const options: Options = flowOptions(
  {
    subscribers: {
      executor: 'ramping-vus',
      exec: 'subscriber',
      startVUs: 1,
      stages: [
        { duration: `${sizes.attachSeconds + sizes.seconds * 0.25}s`, target: SUBSCRIBERS },
        { duration: `${sizes.seconds * 0.5}s`, target: SUBSCRIBERS },
        { duration: `${sizes.seconds * 0.25}s`, target: 1 },
      ],
      gracefulRampDown: `${STAY_MS + 10_000}ms`,
      gracefulStop: `${STAY_MS + 10_000}ms`,
    },
    publishers: once('publishers', publisherCount(sizes, deliveries), sizes),
  },
  {
    ...thresholdsOf({
      profile: profileName(__ENV),
      latencyOf: deliveries,
      subscribers: undefined,
      timed: ['connect_time', 'ack_time', 'publish_time'],
    }),
    subscribers_finished: [`count>=${SUBSCRIBERS}`],
  },
);

export function setup(): RunPlan {
  return planRun(sizes);
}

/** One visit. It ends with the run at the latest. */
export function subscriber(plan: RunPlan): void {
  const topics = topicsOf(plan, sizes, deliveries);
  const topic = topics[exec.scenario.iterationInTest % topics.length];
  const end = plan.startAt + sizes.seconds * 1000;
  if (topic !== undefined && Date.now() < end) visit(plan, topic, Math.min(STAY_MS, end - Date.now()));
}

function visit(plan: RunPlan, { delivery, name }: Topic, stayMs: number): void {
  const ledger = new Ledger({
    delivery,
    role: 'subscriber',
    run: plan.run,
    joinsMidway: true,
    ended: () => leave(),
  });
  const connection = new GatewayConnection(GATEWAY_SOCKET_URL, {
    ready: (connectMs, ackMs) => {
      connectTime.add(connectMs);
      ackTime.add(ackMs);
      connection.start(
        { query: subscriptionOf(delivery), variables: { topic: name } },
        {
          next: (result) => ledger.receive(result),
          completed: () => give(`the server ended a subscription of ${delivery}`),
          failed: give,
        },
      );
    },
    lost: give,
  });
  const timer = setTimeout(() => {
    if (!ledger.heard) fail(`a subscriber of ${delivery} heard nothing in ${stayMs} ms`);
    ledger.settle();
    leave();
  }, stayMs);
  function give(reason: string): void {
    fail(reason);
    leave();
  }
  function leave(): void {
    clearTimeout(timer);
    connection.close();
  }
}

export function publishers(plan: RunPlan): void {
  publishShare(plan, sizes, deliveries);
}
