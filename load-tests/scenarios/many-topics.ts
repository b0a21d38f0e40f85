// Many topics with few subscribers each: what differs from topic to topic, not what is shared, is the load.

import type { Options } from 'k6/options';
import { flowOptions, once } from '../lib/flow-options.ts';
import { GATEWAY_SOCKET_URL } from '../lib/gateway.ts';
import { deliveriesOf, profileName, sizesOf } from '../lib/profile.ts';
import { planRun, type RunPlan } from '../lib/run-plan.ts';
import { TopicSubscriber } from '../lib/topic-subscriber.ts';
import { publisherCount, publishShare, share, topicsOf } from '../lib/topics.ts';
import { thresholdsOf } from '../thresholds/thresholds.ts';

const sizes = sizesOf('many-topics', __ENV);
const deliveries = deliveriesOf(__ENV);

export const options: Options = flowOptions(
  {
    subscribers: once('subscribers', sizes.users, sizes),
    publishers: once('publishers', publisherCount(sizes, deliveries), sizes),
  },
  thresholdsOf({
    profile: profileName(__ENV),
    latencyOf: deliveries,
    subscribers: sizes.topics * sizes.subscribers * deliveries.length,
    timed: ['connect_time', 'ack_time', 'publish_time'],
  }),
);

export function setup(): RunPlan {
  return planRun(sizes);
}

export function subscribers(plan: RunPlan): void {
  const topics = topicsOf(plan, sizes, deliveries);
  // The first subscribers of all topics, then the second ones: those of one topic are in different virtual users.
  const all = Array.from({ length: sizes.subscribers }, () => topics).flat();
  for (const { delivery, name } of share(all, sizes.users)) {
    new TopicSubscriber({ url: GATEWAY_SOCKET_URL, delivery, topic: name, role: 'subscriber', plan, sizes });
  }
}

export function publishers(plan: RunPlan): void {
  publishShare(plan, sizes, deliveries);
}
