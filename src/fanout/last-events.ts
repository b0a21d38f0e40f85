import type { Expired, History, Unavailable } from '../broker/history.ts';
import type { Stream } from '../broker/stream.ts';
import { comparePositions, type PartitionPosition, type StreamPosition } from '../routing/position.ts';
import type { Event } from './event.ts';
import type { SharedReads } from './shared-reads.ts';

/** Records that are looked at for `last: N`, over all partitions. Beyond it fewer than N are found, and the client is told. */
const SCAN_LIMIT_RECORDS = 10_000;

/** Where a subscription to the newest events begins. */
export interface LastEvents {
  readonly type: 'located';
  readonly position: StreamPosition;
  /** Was the bound hit before enough were found? */
  readonly cut: boolean;
}

/** An event that passes, and the place before it. */
interface Match {
  readonly timestamp: number;
  readonly partition: number;
  readonly before: PartitionPosition;
}

/** One partition, read from its end. */
interface Scan {
  readonly partition: number;
  position: PartitionPosition;
  /** Of the oldest record seen. */
  oldest: number;
  atEnd: boolean;
}

/**
 * Finds the position from which the `count` newest matching events follow, newest by (timestamp, partition, offset), by reading
 * every partition backwards until older records cannot matter any more or the bound is hit.
 */
export async function lastEvents(
  history: History,
  stream: Stream,
  reads: SharedReads,
  count: number,
  matches: (event: Event) => boolean,
): Promise<LastEvents | Expired | Unavailable> {
  const end = await history.locate(stream, { type: 'latest' });
  if (end.type !== 'located') return end;
  const { log, partitions } = end.position;
  const scans = partitions.map(
    (position, partition): Scan => ({ partition, position, oldest: Number.POSITIVE_INFINITY, atEnd: false }),
  );
  let found: Match[] = [];
  let scanned = 0;
  for (;;) {
    const threshold = found.length < count ? Number.NEGATIVE_INFINITY : (found.at(-1)?.timestamp ?? 0);
    // The partition whose unread part is newest goes first, so that the bound is spent on the newest records.
    const [scan] = scans
      .filter(({ atEnd, oldest }) => !atEnd && oldest >= threshold)
      .sort((a, b) => b.oldest - a.oldest);
    if (scan === undefined || scanned >= SCAN_LIMIT_RECORDS) {
      return { type: 'located', position: { log, partitions: startOf(partitions, found) }, cut: scan !== undefined };
    }
    const chunk = await reads.readBackwards(scan.partition, log, scan.position);
    if (chunk.type !== 'chunk') return chunk;
    let before = chunk.next;
    for (const { event, timestamp, after } of chunk.records) {
      if (event !== undefined && matches(event)) found.push({ timestamp, partition: scan.partition, before });
      scan.oldest = Math.min(scan.oldest, timestamp);
      before = after;
    }
    scanned += chunk.records.length;
    scan.position = chunk.next;
    scan.atEnd = chunk.atEnd;
    found = newest(found, count);
  }
}

/** Newest first. */
function newest(found: readonly Match[], count: number): Match[] {
  return [...found]
    .sort((a, b) => b.timestamp - a.timestamp || b.partition - a.partition || comparePositions(b.before, a.before))
    .slice(0, count);
}

/** Before the first chosen event of each partition; at the end of a partition of which none was chosen. */
function startOf(end: readonly PartitionPosition[], chosen: readonly Match[]): PartitionPosition[] {
  const starts = [...end];
  for (const { partition, before } of chosen) {
    const start = starts[partition];
    if (start !== undefined && comparePositions(before, start) < 0) starts[partition] = before;
  }
  return starts;
}
