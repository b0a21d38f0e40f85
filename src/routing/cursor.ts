import { createHash } from 'node:crypto';
import { compareEntryIds, type PartitionPosition, type StreamPosition } from './position.ts';
import type { TopicInstance, TopicName } from './topic.ts';

/** A cursor as clients hold it: opaque, URL-safe, at most 1,000 characters (P90). It grants nothing. */
export type Cursor = string & { readonly __brand: 'Cursor' };

/** The longest cursor text, and so the most that a client may send. */
export const MAX_CURSOR_LENGTH = 1_000;

/** First byte of every cursor; another one is another format. */
const VERSION = 1;

/** Bytes of the digest that ties a cursor to its topic and parameters: a cursor of another one is refused, not read. */
const SCOPE_BYTES = 6;

type Kind = PartitionPosition['type'];

/** One byte each on the wire; numbers are never reused. */
const KIND_BYTES: Readonly<Record<Kind, number>> = { kafka: 1, 'redis-stream': 2, log: 3 };

const MAX_OFFSET = 2n ** 63n - 1n;
const MAX_DOUBLE = BigInt(Number.MAX_SAFE_INTEGER);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const EPOCH = /^[A-Za-z0-9_-]{1,40}$/;
const ENTRY_ID = /^(0|[1-9][0-9]{0,19})-(0|[1-9][0-9]{0,19})$/;
const MAX_ENTRY_ID = '18446744073709551615-18446744073709551615';

/** What ties cursors to one topic and one choice of parameters; undefined is every instance of a wildcard topic. */
export class CursorScope {
  readonly #digest: Buffer;
  readonly #writer = new Writer();
  #log = '';
  #logBytes: Buffer = Buffer.alloc(0);

  /** `partition`: the one that is read where a stream has only one of several (`placement: KEY`); another one is another place. */
  constructor(topic: TopicName, instance: TopicInstance | undefined, partition?: number) {
    const text = JSON.stringify([topic, instance ?? null, partition ?? null]);
    this.#digest = createHash('sha256').update(text).digest().subarray(0, SCOPE_BYTES);
  }

  /** Flat binary, base64url: version, digest, kind, log, then each partition's numbers as varints. */
  encode(position: StreamPosition): Cursor {
    const writer = this.#writer;
    const kind = kindOf(position);
    writer.start().byte(VERSION);
    writer.bytes(this.#digest);
    writer.byte(KIND_BYTES[kind]);
    if (kind === 'kafka') {
      writer.bytes(this.#uuidBytes(position.log));
      writer.varint(position.partitions.length);
    } else {
      writer.text(position.log);
    }
    for (const partition of position.partitions) writePartition(writer, partition);
    return writer.toCursor();
  }

  /** The bytes of a topic id, kept: a stream has one for as long as it lives. */
  #uuidBytes(log: string): Buffer {
    if (log !== this.#log) {
      this.#log = log;
      this.#logBytes = Buffer.from(log.replaceAll('-', ''), 'hex');
    }
    return this.#logBytes;
  }

  /** The position that a cursor of this scope says; undefined for anything else (A55). Never throws. */
  decode(text: string): StreamPosition | undefined {
    if (text.length > MAX_CURSOR_LENGTH || !/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
    const bytes = Buffer.from(text, 'base64url');
    // Base64 has several texts for some bytes; only the one that Sluice writes is a cursor.
    if (bytes.toString('base64url') !== text) return undefined;
    const reader = new Reader(bytes);
    if (reader.byte() !== VERSION) return undefined;
    if (!reader.bytes(SCOPE_BYTES)?.equals(this.#digest)) return undefined;
    const position = readPosition(reader);
    return position !== undefined && reader.atEnd ? position : undefined;
  }
}

function kindOf(position: StreamPosition): Kind {
  const [first] = position.partitions;
  if (first === undefined) throw new Error('A position has at least one partition.');
  return first.type;
}

function writePartition(writer: Writer, partition: PartitionPosition): void {
  switch (partition.type) {
    case 'kafka':
      writer.varint(partition.next);
      writer.varint(partition.leaderEpoch + 1);
      return;
    case 'redis-stream': {
      const [time = '0', count = '0'] = partition.id.split('-');
      writer.varint(BigInt(time));
      writer.varint(BigInt(count));
      writer.varint(partition.ordinal);
      return;
    }
    case 'log':
      writer.varint(partition.sequence);
      return;
    default:
      throw partition satisfies never;
  }
}

function readPosition(reader: Reader): StreamPosition | undefined {
  switch (reader.byte()) {
    case KIND_BYTES.kafka:
      return readKafka(reader);
    case KIND_BYTES['redis-stream']:
      return readRedisStream(reader);
    case KIND_BYTES.log:
      return readLog(reader);
    default:
      return undefined;
  }
}

function readKafka(reader: Reader): StreamPosition | undefined {
  const hex = reader.bytes(16)?.toString('hex');
  const count = reader.integer();
  if (hex === undefined || count === undefined || count < 1 || count > MAX_CURSOR_LENGTH) return undefined;
  const log = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  if (!UUID.test(log)) return undefined;
  const partitions: PartitionPosition[] = [];
  for (let index = 0; index < count; index += 1) {
    const next = reader.varint();
    const leaderEpoch = reader.integer();
    if (next === undefined || next > MAX_OFFSET || leaderEpoch === undefined || leaderEpoch > 2 ** 31) return undefined;
    partitions.push({ type: 'kafka', next, leaderEpoch: leaderEpoch - 1 });
  }
  return { log, partitions };
}

function readRedisStream(reader: Reader): StreamPosition | undefined {
  const log = reader.text();
  const time = reader.varint();
  const count = reader.varint();
  const ordinal = reader.integer();
  if (log === undefined || !EPOCH.test(log) || time === undefined || count === undefined || ordinal === undefined) {
    return undefined;
  }
  const id = `${time}-${count}`;
  if (!ENTRY_ID.test(id) || compareEntryIds(id, MAX_ENTRY_ID) > 0) return undefined;
  return { log, partitions: [{ type: 'redis-stream', id, ordinal }] };
}

function readLog(reader: Reader): StreamPosition | undefined {
  const log = reader.text();
  const sequence = reader.integer();
  if (log === undefined || !EPOCH.test(log) || sequence === undefined) return undefined;
  return { log, partitions: [{ type: 'log', sequence }] };
}

/** Writes one cursor after the other into the same memory, which grows to what the largest needs: this is on the event path. */
class Writer {
  #bytes = Buffer.alloc(64);
  #length = 0;

  start(): this {
    this.#length = 0;
    return this;
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], this.#length * 2);
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }

  bytes(values: Uint8Array): void {
    for (const value of values) this.byte(value);
  }

  /** At most 255 bytes of ASCII, length first. */
  text(text: string): void {
    this.byte(text.length);
    for (let index = 0; index < text.length; index += 1) this.byte(text.charCodeAt(index));
  }

  /** Unsigned LEB128. */
  varint(value: number | bigint): void {
    // Doubles are several times as fast as bigints, and nearly every offset fits.
    if (typeof value === 'bigint' && value > MAX_DOUBLE) {
      this.byte(Number(value & 0x7fn) | 0x80);
      this.varint(value >> 7n);
      return;
    }
    let rest = Number(value);
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.byte(rest);
  }

  toCursor(): Cursor {
    return this.#bytes.toString('base64url', 0, this.#length) as Cursor;
  }
}

/** Every method gives undefined past the end, or for what no writer wrote. */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number | undefined {
    const value = this.#bytes[this.#at];
    this.#at += 1;
    return value;
  }

  bytes(length: number): Buffer | undefined {
    const end = this.#at + length;
    if (end > this.#bytes.length) return undefined;
    const slice = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return slice;
  }

  text(): string | undefined {
    const length = this.byte();
    return length === undefined ? undefined : this.bytes(length)?.toString('latin1');
  }

  /** At most 64 bits, in its shortest form. */
  varint(): bigint | undefined {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      if (byte === undefined) return undefined;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return (byte === 0 && shift > 0n) || value >= 2n ** 64n ? undefined : value;
    }
    return undefined;
  }

  /** A varint that a double holds exactly. */
  integer(): number | undefined {
    const value = this.varint();
    return value === undefined || value > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : Number(value);
  }
}
