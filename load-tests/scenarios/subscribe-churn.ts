// Clients that subscribe and end their subscriptions without a pause, on sockets that live on, beside subscribers that stay. Those who stay
// must not notice; those who come and go must get what flows while they are there without a hole, and nothing after it (P24).

import { Counter } from 'k6/metrics';
import type { Options } from 'k6/options';
import { setTimeout } from 'k6/timers';
import { subscriptionOf } from '../lib/deliveries.ts';
import { flowOptions, once } from '../lib/flow-options.ts';
import { GATEWAY_SOCKET_URL } from '../lib/gateway.ts';
import { GatewayConnection } from '../lib/graphql-transport-ws.ts';
import { Ledger } from '../lib/ledger.ts';
import { fail } from '../lib/measures.ts';
import { deliveriesOf, profileName, sizesOf } from '../lib/profile.ts';
import { planRun, type RunPlan } from '../lib/run-plan.ts';
import { TopicSubscriber } from '../lib/topic-subscriber.ts';
import { publisherCount, publishShare, share, type Topic, topicsOf } from '../lib/topics.ts';
import { thresholdsOf } from '../thresholds/thresholds.ts';

const sizes = sizesOf('subscribe-churn', __ENV);
const deliveries = deliveriesOf(__ENV);
/** Of one subscription that comes and goes. */
const EVENTS_PER_VISIT = 3;

const visits = new Counter('subscriptions_ended');

export const options: Options = flowOptions(
  {
    subscribers: once('subscribers', sizes.users, sizes),
    churn: once('churn', sizes.users, sizes),
    publishers: once('publishers', publisherCount(sizes, deliveries), sizes),
  },
  {
    ...thresholdsOf({
      profile: profileName(__ENV),
      latencyOf: deliveries,
      subscribers: undefined,
      timed: ['publish_time'],
    }),
    'subscribers_finished{role:subscriber}': [`count==${sizes.topics * sizes.subscribers * deliveries.length}`],
    // Each socket must have had ten, or nothing came and went.
    subscriptions_ended: [`count>=${sizes.users * 10}`],
  },
);

export function setup(): RunPlan {
  return planRun(sizes);
}

export function subscribers(plan: RunPlan): void {
  const all = topicsOf(plan, sizes, deliveries).flatMap((topic) => Array(sizes.subscribers).fill(topic));
  for (const { delivery, name } of share(all, sizes.users)) {
    new TopicSubscriber({ url: GATEWAY_SOCKET_URL, delivery, topic: name, role: 'subscriber', plan, sizes });
  }
}

/** One socket, one subscription after the other, until shortly before the events end. */
export function churn(plan: RunPlan): void {
  const topics = topicsOf(plan, sizes, deliveries);
  let turn = 0;
  let over = false;
  const connection = new GatewayConnection(GATEWAY_SOCKET_URL, {
    ready: () => subscribe(),
    lost: (reason) => {
      over = true;
      fail(reason);
    },
  });
  setTimeout(
    () => {
      over = true;
      connection.close();
    },
    plan.startAt + sizes.seconds * 900 - Date.now(),
  );

  function subscribe(): void {
    const topic = topics[turn % topics.length];
    turn += 1;
    if (!over && topic !== undefined) visit(topic);
  }

  function visit({ delivery, name }: Topic): void {
    const ledger = new Ledger({ delivery, role: 'churn', run: plan.run, joinsMidway: true, ended: () => {} });
    const id = connection.start(
      { query: subscriptionOf(delivery), variables: { topic: name } },
      {
        next: (result) => {
          ledger.receive(result);
          if (ledger.received < EVENTS_PER_VISIT) return;
          ledger.settle();
          connection.complete(id, () => {
            visits.add(1);
            subscribe();
          });
        },
        completed: () => fail('the server ended a subscription'),
        failed: fail,
      },
    );
  }
}

export function publishers(plan: RunPlan): void {
  publishShare(plan, sizes, deliveries);
}
