import { positionAfter } from '../../fanout/position-after.ts';
import type { PartitionPosition } from '../../routing/position.ts';
import type { OperationLimits } from '../limits.ts';
import { BackwardReader } from './backward-reader.ts';
import type { Bounds } from './bounds.ts';
import { ChunkSize } from './chunk-size.ts';
import { fillAll } from './fill-all.ts';
import { type HistoryPage, historyPage, type PlacedEvent } from './page.ts';
import { PageBudget } from './page-budget.ts';
import type { HistoryRequest } from './request.ts';
import type { HistorySource } from './source.ts';
import { type StoredEvent, storedEvents } from './stored-events.ts';

/** A record that was looked at on the way back. */
interface Passed {
  readonly partition: number;
  readonly after: PartitionPosition;
  /** Undefined when it is no event of the page. */
  readonly node: StoredEvent | undefined;
}

/**
 * The newest events of a range, oldest first. Partitions are merged by (timestamp, partition, offset) of the newest record left of
 * each, so that the order of each is kept also where its timestamps are not in order.
 */
export async function backwardPage(
  source: HistorySource,
  request: HistoryRequest,
  bounds: Bounds,
  limits: OperationLimits,
): Promise<HistoryPage> {
  const starts = bounds.upper ?? [];
  const readers = starts.map((start, partition) => {
    const size = new ChunkSize(request.count, starts.length);
    return new BackwardReader(source, bounds, partition, start, size);
  });
  const eventOf = storedEvents(source, request);
  const budget = new PageBudget(request.count, limits);
  const passed: Passed[] = [];
  await fillAll(readers);
  const place = [...starts];
  for (const { partition, position } of readers) place[partition] = position;
  while (!budget.spent) {
    const reader = newest(readers);
    if (reader === undefined) break;
    const record = reader.take();
    place[reader.partition] = reader.position;
    const node = eventOf(record);
    budget.spend(record, node);
    passed.push({ partition: reader.partition, after: positionAfter(record), node });
    // Also before the first event of the page: it tells whether something precedes.
    await reader.fill();
  }
  return historyPage(source.scope, {
    log: bounds.log,
    ...goForward(passed, place),
    hasNextPage: false,
    hasPreviousPage: newest(readers) !== undefined,
  });
}

/** From the oldest record that was looked at to the newest, so that each event gets its place on all partitions. Changes `place`. */
function goForward(
  passed: readonly Passed[],
  place: PartitionPosition[],
): { events: PlacedEvent[]; start: PartitionPosition[] | undefined; end: PartitionPosition[] } {
  const events: PlacedEvent[] = [];
  let start: PartitionPosition[] | undefined;
  for (const { partition, after, node } of passed.toReversed()) {
    place[partition] = after;
    // `before` leaves out the record that its cursor stands behind, which is this one: a page that was cut is read on from there.
    start ??= [...place];
    if (node !== undefined) events.push({ node, after: [...place] });
  }
  return { events, start, end: place };
}

/** The reader with the newest record; readers are in the order of their partitions. */
function newest(readers: readonly BackwardReader[]): BackwardReader | undefined {
  let found: BackwardReader | undefined;
  let timestamp = Number.NEGATIVE_INFINITY;
  for (const reader of readers) {
    const { head } = reader;
    if (head === undefined || (found !== undefined && head.timestamp < timestamp)) continue;
    found = reader;
    timestamp = head.timestamp;
  }
  return found;
}
