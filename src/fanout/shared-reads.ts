import type { Expired, History, ReadLimits, Unavailable } from '../broker/history.ts';
import type { Stream } from '../broker/stream.ts';
import { comparePositions, type PartitionPosition } from '../routing/position.ts';
import type { Kept, ReplayCache } from './replay-cache.ts';
import { ReplayChunk } from './replay-chunk.ts';

/** What a read came to. */
export type HistoryRead = ReplayChunk | Expired | Unavailable;

/** One read of a replay: at most 256 KiB of values (design §5). */
const CHUNK: ReadLimits = { maxRecords: 1_000, maxBytes: 262_144 };

/** A chunk in the cache. */
interface KeptChunk extends Kept {
  readonly chunk: ReplayChunk;
}

/**
 * Reads of one stream's history, shared by partition and range: a reader whose place lies within a chunk that somebody has read takes
 * that, whatever its operation or parameters; one that comes while the read of its place is under way waits for it.
 */
export class SharedReads {
  readonly #history: History | undefined;
  readonly #stream: Stream;
  readonly #cache: ReplayCache;
  /** By log and partition. */
  readonly #chunks = new Map<string, KeptChunk[]>();
  readonly #underWay = new Map<string, Promise<HistoryRead>>();

  constructor(history: History | undefined, stream: Stream, cache: ReplayCache) {
    this.#history = history;
    this.#stream = stream;
    this.#cache = cache;
  }

  /** A chunk with the records behind a place, perhaps with some before it: kept, or being read. It costs no place among the readers. */
  known(partition: number, log: string, position: PartitionPosition): HistoryRead | Promise<HistoryRead> | undefined {
    const kept = this.#chunks
      .get(`${log} ${partition}`)
      ?.find(({ chunk }) => comparePositions(chunk.start, position) <= 0 && comparePositions(position, chunk.next) < 0);
    if (kept === undefined) return this.#underWay.get(keyOf('forwards', partition, log, position));
    this.#cache.used(kept);
    return kept.chunk;
  }

  /** A chunk with the records behind a place, perhaps with some before it. */
  async read(partition: number, log: string, position: PartitionPosition): Promise<HistoryRead> {
    const known = this.known(partition, log, position);
    if (known !== undefined) return known;
    const read = await this.#once(keyOf('forwards', partition, log, position), async (history) => {
      const result = await history.read(this.#stream, partition, log, position, CHUNK);
      return result.type === 'chunk' ? new ReplayChunk(this.#stream, position, result) : result;
    });
    if (read.type === 'chunk' && read.records.length > 0) this.#keep(`${log} ${partition}`, read);
    return read;
  }

  /** The newest records before a place, oldest first; `next` is the place before them. */
  readBackwards(partition: number, log: string, position: PartitionPosition): Promise<HistoryRead> {
    return this.#once(keyOf('backwards', partition, log, position), async (history) => {
      const result = await history.readBackwards(this.#stream, partition, log, position, CHUNK);
      return result.type === 'chunk' ? new ReplayChunk(this.#stream, result.next, result) : result;
    });
  }

  /** Lets all chunks go. */
  clear(): void {
    for (const chunks of this.#chunks.values()) for (const kept of chunks) this.#cache.drop(kept);
    this.#chunks.clear();
  }

  #once(key: string, read: (history: History) => Promise<HistoryRead>): Promise<HistoryRead> {
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return underWay;
    if (this.#history === undefined) throw new Error(`${this.#stream.topic.name} keeps nothing to read.`);
    const reading = read(this.#history).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, reading);
    return reading;
  }

  #keep(partition: string, chunk: ReplayChunk): void {
    const chunks = this.#chunks.get(partition) ?? [];
    this.#chunks.set(partition, chunks);
    if (chunks.some((other) => other.chunk === chunk)) return;
    const kept: KeptChunk = {
      chunk,
      bytes: chunk.bytes,
      dropped: () => {
        chunks.splice(chunks.indexOf(kept), 1);
      },
    };
    chunks.push(kept);
    this.#cache.keep(kept);
  }
}

function keyOf(
  direction: 'forwards' | 'backwards',
  partition: number,
  log: string,
  position: PartitionPosition,
): string {
  return `${direction} ${partition} ${log} ${placeText(position)}`;
}

function placeText(position: PartitionPosition): string {
  switch (position.type) {
    case 'kafka':
      return String(position.next);
    case 'redis-stream':
      return position.id;
    case 'log':
      return String(position.sequence);
    default:
      throw position satisfies never;
  }
}
