import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { compressionsAlgorithmsByBitmask, crc32c, Reader, readRecord } from '@platformatic/kafka';
import { traceparentOf } from './trace-headers.ts';

/**
 * A batch's own description, Kafka's RecordBatch version 2: baseOffset int64, batchLength int32, partitionLeaderEpoch int32, magic int8,
 * crc uint32, attributes int16, lastOffsetDelta int32, baseTimestamp int64, maxTimestamp int64, producerId int64, producerEpoch int16,
 * baseSequence int32, count int32.
 */
export interface BatchHeader {
  readonly baseOffset: bigint;
  /** Compaction may have removed the record that stood here; the next batch begins after it. */
  readonly lastOffset: bigint;
  readonly leaderEpoch: number;
  readonly producerId: bigint;
  readonly isTransactional: boolean;
  /** A transaction marker, or a kind of batch that a later Kafka invented: no events. */
  readonly isControl: boolean;
  readonly isAbortMarker: boolean;
}

/** One record; key and value are copies that belong to the receiver. */
export interface DecodedRecord {
  readonly offset: bigint;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly key: Buffer | undefined;
  readonly value: Buffer | null;
  /** See `BrokerRecord`. */
  readonly traceparent?: string;
}

/** A batch as it came. `records` decodes when asked, so that dropped batches cost nothing; it throws what is wrong with an unreadable one. */
export interface FetchedBatch {
  readonly header: BatchHeader;
  records(): DecodedRecord[];
}

const LENGTH_AT = 8;
const LEADER_EPOCH_AT = 12;
const MAGIC_AT = 16;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const LAST_OFFSET_DELTA_AT = 23;
const BASE_TIMESTAMP_AT = 27;
const MAX_TIMESTAMP_AT = 35;
const PRODUCER_ID_AT = 43;
const COUNT_AT = 57;
const RECORDS_AT = 61;
const BEFORE_LENGTH_ENDS = 12;

const CODEC_BITS = 0b111;
const LOG_APPEND_TIME_BIT = 1 << 3;
const TRANSACTIONAL_BIT = 1 << 4;
const CONTROL_BIT = 1 << 5;
const GZIP = 1;
const ZSTD = 4;

/** What one batch may unpack to, in bytes: a small compressed batch must not be able to fill the memory. */
const MAX_UNPACKED_BYTES = 128 * 1024 * 1024;

/** The whole batches of a fetch answer, in log order. A cut batch at the end is left for the next fetch. */
export function* readBatches(bytes: Buffer): Generator<FetchedBatch> {
  let at = 0;
  while (bytes.length - at >= RECORDS_AT) {
    const size = bytes.readInt32BE(at + LENGTH_AT) + BEFORE_LENGTH_ENDS;
    if (size < RECORDS_AT || at + size > bytes.length) return;
    yield batchOf(bytes.subarray(at, at + size));
    at += size;
  }
}

function batchOf(bytes: Buffer): FetchedBatch {
  const baseOffset = bytes.readBigInt64BE(0);
  const attributes = bytes.readInt16BE(ATTRIBUTES_AT);
  const isControl = (attributes & CONTROL_BIT) !== 0;
  // Of a damaged batch even this may be wrong; a reader must move on all the same.
  const lastOffsetDelta = Math.max(0, bytes.readInt32BE(LAST_OFFSET_DELTA_AT));
  return {
    header: {
      baseOffset,
      lastOffset: baseOffset + BigInt(lastOffsetDelta),
      leaderEpoch: bytes.readInt32BE(LEADER_EPOCH_AT),
      producerId: bytes.readBigInt64BE(PRODUCER_ID_AT),
      isTransactional: (attributes & TRANSACTIONAL_BIT) !== 0,
      isControl,
      isAbortMarker: isControl && isAbortMarker(bytes),
    },
    records: () => decode(bytes, baseOffset, attributes),
  };
}

/** A control record's key is version int16 and type int16, where 0 is abort and 1 is commit. */
function isAbortMarker(bytes: Buffer): boolean {
  try {
    const key = readRecord(Reader.from(bytes.subarray(RECORDS_AT))).key;
    return key !== null && key.length >= 4 && key.readInt16BE(2) === 0;
  } catch {
    return false; // Damaged: it ends no transaction that we know of.
  }
}

function decode(bytes: Buffer, baseOffset: bigint, attributes: number): DecodedRecord[] {
  const magic = bytes.readInt8(MAGIC_AT);
  if (magic !== 2) throw new Error(`a batch of format ${magic}, which Kafka 4 no longer knows`);
  if (crc32c(bytes.subarray(ATTRIBUTES_AT)) !== bytes.readUInt32BE(CRC_AT)) throw new Error('its checksum is wrong');
  const reader = Reader.from(unpack(attributes & CODEC_BITS, bytes.subarray(RECORDS_AT)));
  const baseTimestamp = bytes.readBigInt64BE(BASE_TIMESTAMP_AT);
  const appendTime = (attributes & LOG_APPEND_TIME_BIT) !== 0 ? bytes.readBigInt64BE(MAX_TIMESTAMP_AT) : undefined;
  const count = bytes.readInt32BE(COUNT_AT);
  const records: DecodedRecord[] = [];
  for (let n = 0; n < count; n++) {
    const record = readRecord(reader);
    const traceparent = record.headers.length === 0 ? undefined : traceparentOf(record.headers);
    records.push({
      offset: baseOffset + BigInt(record.offsetDelta),
      timestamp: Number(appendTime ?? baseTimestamp + record.timestampDelta),
      // Copies: the library's are views that would keep the whole answer alive.
      key: record.key === null ? undefined : Buffer.from(record.key),
      value: record.value === null ? null : Buffer.from(record.value),
      ...(traceparent === undefined ? {} : { traceparent }),
    });
  }
  return records;
}

function unpack(codec: number, packed: Buffer): Buffer {
  if (codec === 0) return packed;
  if (codec === GZIP) return gunzipSync(packed, { maxOutputLength: MAX_UNPACKED_BYTES });
  if (codec === ZSTD) return zstdDecompressSync(packed, { maxOutputLength: MAX_UNPACKED_BYTES });
  const algorithm = compressionsAlgorithmsByBitmask[codec];
  if (algorithm === undefined) throw new Error(`it is packed with codec ${codec}, which is not known`);
  return algorithm.decompressSync(packed);
}
