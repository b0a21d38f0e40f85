import type { FetchedPartition } from './fetch-response.ts';
import { ReadCommitted } from './read-committed.ts';
import { type DecodedRecord, type FetchedBatch, readBatches } from './record-batch.ts';

/** One batch of a fetch answer, as all readers see it. */
export interface FetchedStep {
  /** Committed records from the offset asked for on; empty for a batch of markers or of an aborted transaction. */
  readonly records: readonly DecodedRecord[];
  /** The offset to go on from. */
  readonly next: bigint;
  /** Of the batch; -1 where not even that can be read. */
  readonly leaderEpoch: number;
  /** What is wrong with a batch that cannot be decoded; one record without text stands for it. */
  readonly unreadable: string | undefined;
}

/** A value that is no JSON text: subscribers hear of the unreadable record as EVENT_INVALID, with a cursor beyond it. */
const UNREADABLE = Buffer.alloc(0);

/**
 * Goes through what a fetch from offset `from` brought, by the read-committed rule. A batch that cannot be decoded costs one
 * EVENT_INVALID and never more (F18). `now`, in milliseconds since the epoch, is the timestamp of what has none that can be read.
 */
export function* fetchedSteps(fetched: FetchedPartition, from: bigint, now: number): Generator<FetchedStep> {
  const committed = new ReadCommitted(fetched.abortedTransactions);
  let offset = from;
  let batches = 0;
  for (const batch of readBatches(fetched.records)) {
    batches += 1;
    const { lastOffset, leaderEpoch } = batch.header;
    // Compaction may leave a batch that ends before the offset asked for.
    if (lastOffset < offset) continue;
    const next = lastOffset + 1n;
    if (committed.keeps(batch.header)) yield decodedStep(batch, offset, now);
    else yield { records: [], next, leaderEpoch, unreadable: undefined };
    offset = next;
  }
  // The broker sends a first batch whole, so bytes of which nothing can be read are damaged down to their frame.
  if (batches > 0 || fetched.records.length === 0) return;
  const next = from + 1n;
  yield { records: [unreadableRecord(from, now)], next, leaderEpoch: -1, unreadable: 'its frame is damaged' };
}

function decodedStep(batch: FetchedBatch, from: bigint, now: number): FetchedStep {
  const { lastOffset, leaderEpoch } = batch.header;
  const next = lastOffset + 1n;
  try {
    const records = batch.records().filter(({ offset }) => offset >= from);
    return { records, next, leaderEpoch, unreadable: undefined };
  } catch (error) {
    const unreadable = error instanceof Error ? error.message : String(error);
    return { records: [unreadableRecord(lastOffset, now)], next, leaderEpoch, unreadable };
  }
}

function unreadableRecord(offset: bigint, timestamp: number): DecodedRecord {
  return { offset, timestamp, key: undefined, value: UNREADABLE };
}
