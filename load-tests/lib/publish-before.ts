import http from 'k6/http';
import type { Sizes } from '../profiles/sizes.ts';
import { batchMutationOf, type Delivery } from './deliveries.ts';
import { GATEWAY_URL } from './gateway.ts';
import { loadEvent } from './load-event.ts';
import { countPublished } from './measures.ts';
import { eventCount, type RunPlan } from './run-plan.ts';
import { topicsOf } from './topics.ts';

/** A batch has so many events at most, and so much text: a body over 4 MiB is refused. */
const BATCH_EVENTS = 500;
const BATCH_BYTES = 1_000_000;

/**
 * For setup(): publishes all events of a run, and their end, as fast as they are acknowledged.
 * @throws {Error} when one was not
 */
export function publishBefore(plan: RunPlan, sizes: Sizes, deliveries: readonly Delivery[]): void {
  const count = eventCount(sizes);
  const batch = Math.min(BATCH_EVENTS, Math.ceil(BATCH_BYTES / sizes.bytes));
  for (const { delivery, name } of topicsOf(plan, sizes, deliveries)) {
    const frame = { run: plan.run, topic: name, source: 'setup', bytes: sizes.bytes };
    for (let first = 1; first <= count; first += batch) {
      const length = Math.min(batch, count - first + 1);
      publish(
        delivery,
        Array.from({ length }, (_, index) => loadEvent(frame, 'EVENT', first + index, Date.now())),
      );
    }
    publish(delivery, [loadEvent(frame, 'END', count, Date.now())]);
  }
}

function publish(delivery: Delivery, events: readonly object[]): void {
  const { status, body } = http.post(
    GATEWAY_URL,
    JSON.stringify({ query: batchMutationOf(delivery), variables: { events } }),
    { headers: { 'content-type': 'application/json' }, timeout: '30s' },
  );
  const text = String(body);
  if (status !== 200 || text.includes('PublishFailure') || text.includes('"errors"'))
    throw new Error(
      `${events.length} events of ${delivery} were not published: status ${status}, ${text.slice(0, 500)}`,
    );
  countPublished(events.length, delivery);
}
