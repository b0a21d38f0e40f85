// Event streams over plain HTTP. k6 hands a body over when it has ended, so only streams that end can be checked: every page of what a
// topic keeps, read as an event stream with its result and its `complete`, and a subscription that is refused within its stream. Live
// streams cannot be checked by k6: test/transport/sse-resume.test.ts does that with an EventSource.

import http from 'k6/http';
import type { Options } from 'k6/options';
import { type Delivery, historyOf, REPLAYABLE, subscriptionOf } from '../lib/deliveries.ts';
import { blocksOf } from '../lib/event-stream.ts';
import { flowOptions, once } from '../lib/flow-options.ts';
import { GATEWAY_URL } from '../lib/gateway.ts';
import type { LoadEvent } from '../lib/load-event.ts';
import { fail, replayTime, settle } from '../lib/measures.ts';
import { deliveriesOf, profileName, sizesOf } from '../lib/profile.ts';
import { publishBefore } from '../lib/publish-before.ts';
import { eventCount, planRun, type RunPlan } from '../lib/run-plan.ts';
import { SequenceCheck } from '../lib/sequence.ts';
import { share, topicsOf } from '../lib/topics.ts';
import { thresholdsOf } from '../thresholds/thresholds.ts';

const sizes = sizesOf('sse', __ENV);
const deliveries = deliveriesOf(__ENV, REPLAYABLE);
const PAGE = 200;
/** A page may be short or empty where its scan ended first, so there may be more pages than events divided by PAGE, but not for ever. */
const PAGE_LIMIT = 10_000;

interface Page {
  readonly edges: readonly { readonly node: LoadEvent }[];
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
}

export const options: Options = flowOptions(
  { readers: once('readers', sizes.users, { ...sizes, seconds: sizes.seconds + 60 }) },
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

export function readers(plan: RunPlan): void {
  const all = topicsOf(plan, sizes, deliveries).flatMap((topic) => Array(sizes.subscribers).fill(topic));
  for (const { delivery, name } of share(all, sizes.users)) {
    readPages(plan, delivery, name);
    refuseForgedCursor(delivery, name);
  }
}

function readPages(plan: RunPlan, delivery: Delivery, topic: string): void {
  const check = new SequenceCheck();
  const startedAt = Date.now();
  let after: string | null = null;
  for (let pages = 0; pages < PAGE_LIMIT; pages += 1) {
    const result = stream({ query: historyOf(delivery), variables: { topic, first: PAGE, after } });
    const page = (result as { data?: { page?: Page | null } } | undefined)?.data?.page;
    if (page === undefined || page === null) {
      fail(`no page of ${delivery} in an event stream: ${JSON.stringify(result)}`);
      break;
    }
    for (const { node } of page.edges) {
      if (node.run !== plan.run) fail(`an event of another run, ${node.run}`);
      if (node.kind === 'EVENT') check.receive(node.sequence);
    }
    after = page.pageInfo.endCursor;
    if (!page.pageInfo.hasNextPage) break;
  }
  replayTime.add(Date.now() - startedAt, { delivery });
  check.end(eventCount(sizes));
  settle({ delivery, role: 'subscriber', expected: eventCount(sizes), flagged: 0, check });
}

/** A subscription that ends at once: its stream has errors without data, and its end (P46, P48). */
function refuseForgedCursor(delivery: Delivery, topic: string): void {
  const result = stream({
    query: subscriptionOf(delivery),
    variables: { topic },
    extensions: { cursor: 'forged' },
  }) as { data?: unknown; errors?: readonly { extensions?: { code?: string } }[] } | undefined;
  const code = result?.errors?.[0]?.extensions?.code;
  if (code !== 'CURSOR_EXPIRED' || result?.data !== undefined)
    fail(`a forged cursor was answered with ${JSON.stringify(result)}`);
}

/** The one result of an operation that ends. Undefined, and counted as an error, when its stream is not what it should be. */
function stream(request: object): unknown {
  const { status, body, headers } = http.post(GATEWAY_URL, JSON.stringify(request), {
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    timeout: '30s',
  });
  const type = headers['Content-Type'] ?? '';
  const blocks = blocksOf(String(body));
  const [next, complete] = blocks;
  if (
    status === 200 &&
    type.startsWith('text/event-stream') &&
    blocks.length === 2 &&
    next?.event === 'next' &&
    complete?.event === 'complete'
  ) {
    return JSON.parse(next.data);
  }
  fail(`not an event stream of one result: status ${status}, ${type}, ${String(body).slice(0, 500)}`);
  return undefined;
}
