// Subscribers whose connection takes little beside others whose does not: the fast ones must not notice. A slow one on a topic that keeps
// events must get all of them in the end; on an EPHEMERAL topic it may lose events, and must be told.
//
// k6 itself always reads at once. So the slow ones connect through a proxy of the tool (tools/load-throttle.mjs), at SLUICE_SLOW_URL,
// that passes little on at first and everything later.

import type { Options } from 'k6/options';
import { flowOptions, once } from '../lib/flow-options.ts';
import { GATEWAY_SOCKET_URL } from '../lib/gateway.ts';
import { deliveriesOf, profileName, sizesOf } from '../lib/profile.ts';
import { planRun, type RunPlan } from '../lib/run-plan.ts';
import { TopicSubscriber } from '../lib/topic-subscriber.ts';
import { publisherCount, publishShare, share, topicsOf } from '../lib/topics.ts';
import { thresholdsOf } from '../thresholds/thresholds.ts';

const sizes = sizesOf('slow-consumers', __ENV);
const deliveries = deliveriesOf(__ENV);

const SLOW_PER_TOPIC = 1;
/** What the slow ones may take beyond the others, to catch up. */
const SLOW_PATIENCE_MS = 15_000;
/** The end may be lost to a slow subscriber, so it is told until the proxy passes everything on. */
const ENDINGS = 16;

const slowUrl = __ENV['SLUICE_SLOW_URL']?.replace(/^http/, 'ws');
if (slowUrl === undefined)
  throw new Error(
    'SLUICE_SLOW_URL names no slow way to the gateway. `npm run load -- slow-consumers` opens one and names it, to an address of http.',
  );

const flaggedThreshold = deliveries.includes('EPHEMERAL')
  ? // Otherwise nobody was slow, and the run shows nothing: LOAD_BYTES or LOAD_RATE is too small.
    { 'events_flagged{role:slow}': ['count>0'] }
  : {};

export const options: Options = flowOptions(
  {
    subscribers: once('subscribers', sizes.users, sizes),
    slow: once('slow', 1, sizes),
    publishers: once('publishers', publisherCount(sizes, deliveries), sizes),
  },
  {
    ...thresholdsOf({
      profile: profileName(__ENV),
      latencyOf: deliveries,
      subscribers: sizes.topics * (sizes.subscribers + SLOW_PER_TOPIC) * deliveries.length,
      timed: ['publish_time'],
    }),
    ...flaggedThreshold,
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

export function slow(plan: RunPlan): void {
  for (const { delivery, name } of topicsOf(plan, sizes, deliveries)) {
    new TopicSubscriber({
      url: slowUrl as string,
      delivery,
      topic: name,
      role: 'slow',
      plan,
      sizes,
      withText: true,
      patienceMs: SLOW_PATIENCE_MS,
    });
  }
}

export function publishers(plan: RunPlan): void {
  publishShare(plan, sizes, deliveries, { endings: ENDINGS });
}
