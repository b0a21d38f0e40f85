// Subscribers that lose their sockets again and again and come back with their cursors: nothing may be lost or doubled over all sockets.

import type { Options } from 'k6/options';
import { REPLAYABLE } from '../lib/deliveries.ts';
import { flowOptions, once } from '../lib/flow-options.ts';
import { deliveriesOf, profileName, sizesOf } from '../lib/profile.ts';
import { ResumingSubscriber } from '../lib/resuming-subscriber.ts';
import { planRun, type RunPlan } from '../lib/run-plan.ts';
import { publisherCount, publishShare, share, topicsOf } from '../lib/topics.ts';
import { thresholdsOf } from '../thresholds/thresholds.ts';

const sizes = sizesOf('resume', __ENV);
const deliveries = deliveriesOf(__ENV, REPLAYABLE);

export const options: Options = flowOptions(
  {
    subscribers: once('subscribers', sizes.users, sizes),
    publishers: once('publishers', publisherCount(sizes, deliveries), sizes),
  },
  {
    ...thresholdsOf({
      profile: profileName(__ENV),
      latencyOf: deliveries,
      subscribers: sizes.topics * sizes.subscribers * deliveries.length,
      timed: ['connect_time', 'ack_time', 'resume_time'],
    }),
  },
);

export function setup(): RunPlan {
  return planRun(sizes);
}

export function subscribers(plan: RunPlan): void {
  const all = topicsOf(plan, sizes, deliveries).flatMap((topic) => Array(sizes.subscribers).fill(topic));
  for (const { delivery, name } of share(all, sizes.users)) new ResumingSubscriber(plan, sizes, delivery, name);
}

export function publishers(plan: RunPlan): void {
  publishShare(plan, sizes, deliveries);
}
