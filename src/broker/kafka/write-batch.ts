import { crc32c, type MessageRecord } from '@platformatic/kafka';

/** What stands behind one batch, so that the broker can tell a resend from a new one. */
export interface BatchIdentity {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly firstSequence: number;
}

/**
 * Records as one uncompressed RecordBatch of version 2 (see `record-batch.ts`), in one piece of memory: as the library writes it, which
 * makes a buffer for every field.
 */
export function writeBatch(records: readonly MessageRecord[], identity: BatchIdentity): Buffer {
  const times = records.map(({ timestamp }) => Number(timestamp ?? 0n));
  const [first = 0] = times;
  const sizes = records.map((record, index) => recordSize(record, (times[index] ?? 0) - first, index));
  const size = sizes.reduce((sum, body) => sum + varintSize(2 * body) + body, HEADER_BYTES);
  const bytes = Buffer.allocUnsafe(size);
  bytes.writeBigInt64BE(0n, 0);
  bytes.writeInt32BE(size - LENGTH_ENDS, 8);
  bytes.writeInt32BE(0, 12);
  bytes.writeInt8(2, 16);
  bytes.writeInt16BE(0, CRC_COVERS_FROM);
  bytes.writeInt32BE(records.length - 1, 23);
  bytes.writeBigInt64BE(BigInt(first), 27);
  bytes.writeBigInt64BE(BigInt(times.reduce((one, other) => Math.max(one, other), first)), 35);
  bytes.writeBigInt64BE(identity.producerId, 43);
  bytes.writeInt16BE(identity.producerEpoch, 51);
  bytes.writeInt32BE(identity.firstSequence, 53);
  bytes.writeInt32BE(records.length, 57);
  let at = HEADER_BYTES;
  for (const [index, record] of records.entries()) {
    at = writeVarint(bytes, at, 2 * (sizes[index] ?? 0));
    at = writeRecord(bytes, at, record, (times[index] ?? 0) - first, index);
  }
  bytes.writeUInt32BE(crc32c(bytes.subarray(CRC_COVERS_FROM)), 17);
  return bytes;
}

const HEADER_BYTES = 61;
/** The length counts what follows it. */
const LENGTH_ENDS = 12;
const CRC_COVERS_FROM = 21;

/** A record without the length before it: attributes int8, then varints and bytes. */
function recordSize({ key, value, headers }: MessageRecord, timeDelta: number, offsetDelta: number): number {
  let size = 1 + varintSize(zigzag(timeDelta)) + varintSize(2 * offsetDelta) + bytesSize(key) + bytesSize(value);
  let count = 0;
  for (const [name, text] of headers ?? []) {
    size += bytesSize(name) + bytesSize(text);
    count += 1;
  }
  return size + varintSize(2 * count);
}

function writeRecord(
  bytes: Buffer,
  start: number,
  { key, value, headers }: MessageRecord,
  timeDelta: number,
  offsetDelta: number,
): number {
  bytes[start] = 0;
  let at = writeVarint(bytes, start + 1, zigzag(timeDelta));
  at = writeVarint(bytes, at, 2 * offsetDelta);
  at = writeBytes(bytes, at, key);
  at = writeBytes(bytes, at, value);
  at = writeVarint(bytes, at, 2 * (headers?.size ?? 0));
  for (const [name, text] of headers ?? []) at = writeBytes(bytes, writeBytes(bytes, at, name), text);
  return at;
}

/** Varints are signed: small numbers of both signs are short. */
function zigzag(value: number): number {
  return value >= 0 ? 2 * value : -2 * value - 1;
}

function varintSize(unsigned: number): number {
  let size = 1;
  for (let rest = unsigned; rest >= 0x80; rest = Math.floor(rest / 0x80)) size += 1;
  return size;
}

function writeVarint(bytes: Buffer, start: number, unsigned: number): number {
  let at = start;
  let rest = unsigned;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) {
    bytes[at] = (rest % 0x80) + 0x80;
    at += 1;
  }
  bytes[at] = rest;
  return at + 1;
}

/** An absent key has the length −1. */
function bytesSize(part: Buffer | undefined): number {
  return part === undefined ? 1 : varintSize(2 * part.length) + part.length;
}

function writeBytes(bytes: Buffer, start: number, part: Buffer | undefined): number {
  if (part === undefined) return writeVarint(bytes, start, zigzag(-1));
  const at = writeVarint(bytes, start, 2 * part.length);
  bytes.set(part, at);
  return at + part.length;
}
