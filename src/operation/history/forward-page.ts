import type { OperationLimits } from '../limits.ts';
import type { Bounds } from './bounds.ts';
import { ChunkSize } from './chunk-size.ts';
import { fillAll } from './fill-all.ts';
import { ForwardReader } from './forward-reader.ts';
import { type HistoryPage, historyPage, type PlacedEvent } from './page.ts';
import { PageBudget } from './page-budget.ts';
import type { HistoryRequest } from './request.ts';
import type { HistorySource } from './source.ts';
import { storedEvents } from './stored-events.ts';

/**
 * The oldest events of a range. Partitions are merged by (timestamp, partition, offset) of the next record of each, so that the order
 * of each is kept also where its timestamps are not in order. Where one ends, the others go on without waiting for it.
 */
export async function forwardPage(
  source: HistorySource,
  request: HistoryRequest,
  bounds: Bounds,
  limits: OperationLimits,
): Promise<HistoryPage> {
  const starts = bounds.lower ?? [];
  const readers = starts.map((start, partition) => {
    const size = new ChunkSize(request.count, starts.length);
    return new ForwardReader(source, bounds, partition, start, size);
  });
  const eventOf = storedEvents(source, request);
  const budget = new PageBudget(request.count, limits);
  const place = [...starts];
  const events: PlacedEvent[] = [];
  await fillAll(readers);
  let last: PlacedEvent | undefined;
  while (!budget.spent) {
    const reader = oldest(readers);
    if (reader === undefined) break;
    const record = reader.take();
    place[reader.partition] = reader.position;
    const node = eventOf(record);
    budget.spend(record, node);
    last = node === undefined ? undefined : { node, after: [...place] };
    if (last !== undefined) events.push(last);
    // Also behind the last event of the page: it tells whether something follows.
    await reader.fill();
  }
  return historyPage(source.scope, {
    log: bounds.log,
    events,
    start: events[0]?.after,
    // A page that ends with an event ends at its cursor (Relay); else as far as was looked at.
    end: last?.after ?? readers.map(({ position }) => position),
    hasNextPage: oldest(readers) !== undefined,
    hasPreviousPage: false,
  });
}

/** The reader with the next record; readers are in the order of their partitions. */
function oldest(readers: readonly ForwardReader[]): ForwardReader | undefined {
  let found: ForwardReader | undefined;
  let timestamp = Number.POSITIVE_INFINITY;
  for (const reader of readers) {
    const { head } = reader;
    if (head === undefined || (found !== undefined && head.timestamp >= timestamp)) continue;
    found = reader;
    timestamp = head.timestamp;
  }
  return found;
}
