// All clients connect in one moment, as they do after a restart of the gateway or of a proxy: every one must be acknowledged, attached
// before the count begins, and then get every event.

import type { Options } from 'k6/options';
import { flowOptions, once } from '../lib/flow-options.ts';
import { GATEWAY_SOCKET_URL } from '../lib/gateway.ts';
import { deliveriesOf, profileName, sizesOf } from '../lib/profile.ts';
import { planRun, type RunPlan } from '../lib/run-plan.ts';
import { TopicSubscriber } from '../lib/topic-subscriber.ts';
import { publisherCount, publishShare, share, topicsOf } from '../lib/topics.ts';
import { thresholdsOf } from '../thresholds/thresholds.ts';

const sizes = sizesOf('connect-storm', __ENV);
const deliveries = deliveriesOf(__ENV);

export const options: Options = flowOptions(
  {
    storm: once('storm', sizes.users, sizes),
    publishers: once('publishers', publisherCount(sizes, deliveries), sizes),
  },
  thresholdsOf({
    profile: profileName(__ENV),
    // Each event goes to many at once here: how long that takes is a matter of their number, and fanout.ts bounds it.
    latencyOf: [],
    subscribers: sizes.topics * sizes.subscribers * deliveries.length,
    timed: ['connect_time', 'ack_time'],
  }),
);

export function setup(): RunPlan {
  return planRun(sizes);
}

export function storm(plan: RunPlan): void {
  const all = topicsOf(plan, sizes, deliveries).flatMap((topic) => Array(sizes.subscribers).fill(topic));
  for (const { delivery, name } of share(all, sizes.users)) {
    new TopicSubscriber({ url: GATEWAY_SOCKET_URL, delivery, topic: name, role: 'subscriber', plan, sizes });
  }
}

export function publishers(plan: RunPlan): void {
  publishShare(plan, sizes, deliveries);
}
