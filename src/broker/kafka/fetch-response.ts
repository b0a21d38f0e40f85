import { type Reader, readKnownTaggedFields } from '@platformatic/kafka';
import type { AbortedTransaction } from './read-committed.ts';

/** What one partition answered to a fetch. */
export interface FetchedPartition {
  readonly partition: number;
  /** 0, or why there are no records. */
  readonly errorCode: number;
  /** One past the newest record that all in-sync replicas hold; -1 with an error. */
  readonly highWatermark: bigint;
  /** One past the newest record that no open transaction holds back; -1 with an error. */
  readonly lastStableOffset: bigint;
  readonly abortedTransactions: readonly AbortedTransaction[];
  /** The log no longer holds what was read before: it was cut. */
  readonly diverged: boolean;
  /** Whole record batches and perhaps a cut last one, undecoded; a view on the answer's memory. */
  readonly records: Buffer;
}

export interface FetchResponse {
  readonly errorCode: number;
  readonly topics: readonly { readonly topicId: string; readonly partitions: readonly FetchedPartition[] }[];
}

const NO_RECORDS = Buffer.alloc(0);
const DIVERGING_EPOCH_TAG = 0;

/**
 * Reads the answer of Fetch version 13. Ours, because the library decodes batches while it reads the frame:
 * one batch that it cannot decode would cost all others (F18), and one partition's error hides the rest.
 *
 * Fetch Response (Version: 13) => throttle_time_ms error_code session_id [responses] TAG_BUFFER; responses => topic_id [partitions] TAG_BUFFER;
 * partitions => partition_index error_code high_watermark last_stable_offset log_start_offset [aborted_transactions]
 * preferred_read_replica records TAG_BUFFER
 */
export function parseFetchResponse(reader: Reader): FetchResponse {
  reader.readInt32(); // throttle_time_ms
  const errorCode = reader.readInt16();
  reader.readInt32(); // session_id
  const topics = reader.readArray((topic) => ({
    topicId: topic.readUUID(),
    partitions: topic.readArray(readPartition, true, false),
  }));
  reader.readTaggedFields();
  return { errorCode, topics };
}

function readPartition(reader: Reader): FetchedPartition {
  const partition = reader.readInt32();
  const errorCode = reader.readInt16();
  const highWatermark = reader.readInt64();
  const lastStableOffset = reader.readInt64();
  reader.readInt64(); // log_start_offset
  const abortedTransactions =
    reader.readNullableArray((entry) => ({ producerId: entry.readInt64(), firstOffset: entry.readInt64() })) ?? [];
  reader.readInt32(); // preferred_read_replica
  const size = Math.max(0, reader.readUnsignedVarInt() - 1);
  const records = size === 0 ? NO_RECORDS : reader.buffer.slice(reader.position, reader.position + size);
  reader.skip(size);
  let diverged = false;
  readKnownTaggedFields(reader, {
    [DIVERGING_EPOCH_TAG]: (field) => {
      diverged = field.readInt32() >= 0;
    },
  });
  return { partition, errorCode, highWatermark, lastStableOffset, abortedTransactions, diverged, records };
}
