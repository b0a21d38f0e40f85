// Subscribers that come when all has been published, and read it from the earliest event on.

import type { Options } from 'k6/options';
import { clearTimeout, setTimeout } from 'k6/timers';
import { type Delivery, REPLAYABLE, subscriptionOf } from '../lib/deliveries.ts';
import { flowOptions, once } from '../lib/flow-options.ts';
import { GATEWAY_SOCKET_URL } from '../lib/gateway.ts';
import { GatewayConnection } from '../lib/graphql-transport-ws.ts';
import { Ledger } from '../lib/ledger.ts';
import { fail, replayTime } from '../lib/measures.ts';
import { deliveriesOf, profileName, sizesOf } from '../lib/profile.ts';
import { publishBefore } from '../lib/publish-before.ts';
import { planRun, type RunPlan } from '../lib/run-plan.ts';
import { share, topicsOf } from '../lib/topics.ts';
import { thresholdsOf } from '../thresholds/thresholds.ts';

const sizes = sizesOf('replay', __ENV);
const deliveries = deliveriesOf(__ENV, REPLAYABLE);
/** A replay that has not ended by then has failed. */
const PATIENCE_MS = 60_000;

export const options: Options = flowOptions(
  { subscribers: once('subscribers', sizes.users, { ...sizes, seconds: sizes.seconds + PATIENCE_MS / 1000 }) },
  thresholdsOf({
    profile: profileName(__ENV),
    latencyOf: [],
    subscribers: sizes.topics * sizes.subscribers * deliveries.length,
    timed: ['replay_time'],
  }),
);

export function setup(): RunPlan {
  const plan = planRun(sizes);
  publishBefore(plan, sizes, deliveries);
  return plan;
}

export function subscribers(plan: RunPlan): void {
  const all = topicsOf(plan, sizes, deliveries).flatMap((topic) => Array(sizes.subscribers).fill(topic));
  for (const { delivery, name } of share(all, sizes.users)) replay(plan, delivery, name);
}

function replay(plan: RunPlan, delivery: Delivery, topic: string): void {
  let startedAt = 0;
  const ledger = new Ledger({
    delivery,
    role: 'subscriber',
    run: plan.run,
    joinsMidway: false,
    ended: () => {
      replayTime.add(Date.now() - startedAt, { delivery });
      clearTimeout(late);
      connection.close();
    },
  });
  // Nothing of it was meant to come at once.
  ledger.measureFrom = Number.POSITIVE_INFINITY;
  const give = (reason: string): void => {
    fail(reason);
    clearTimeout(late);
    ledger.settle();
    connection.close();
  };
  const late = setTimeout(
    () => give(`a replay of ${delivery} did not end, after ${ledger.received} events`),
    PATIENCE_MS,
  );
  const connection = new GatewayConnection(GATEWAY_SOCKET_URL, {
    ready: () => {
      startedAt = Date.now();
      connection.start(
        { query: subscriptionOf(delivery), variables: { topic, from: { earliest: true } } },
        {
          next: (result) => ledger.receive(result),
          completed: () => give('the server ended a replay'),
          failed: give,
        },
      );
    },
    lost: give,
  });
}
