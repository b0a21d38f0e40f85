import type { Redis } from 'ioredis';
import type { PartitionPosition, StreamPosition } from '../../routing/position.ts';
import type { TopicInstance } from '../../routing/topic.ts';
import type { Chunk, Expired, ExpiryReason, History, ReadLimits, StartingPoint, Unavailable } from '../history.ts';
import { describeRedisError } from '../redis/redis-error.ts';
import type { RedisLink } from '../redis/redis-link.ts';
import type { Stream } from '../stream.ts';
import { goneOf, ordinalsBackwards, ordinalsForwards, recordOf } from './entry-records.ts';
import { type Direction, type Page, readAround, readPage, readState } from './read-script.ts';
import { stateArguments } from './state-script.ts';
import { type StreamKeys, streamKeys } from './stream-keys.ts';
import {
  type EntryPlace,
  earliestPlace,
  latestPlace,
  positionAt,
  type StreamState,
  whyExpired,
} from './stream-state.ts';

/** Only the place's own entry is asked about; one of the stream is read along with it. */
const LOOK: ReadLimits = { maxRecords: 1, maxBytes: 1 };

export interface StreamHistorySettings {
  /** The link to whoever holds the stream; undefined while nobody knows. */
  readonly linkOf: (stream: string) => RedisLink | undefined;
  /** For people. */
  readonly address: string;
  readonly prefix: string;
  /** Hears of the bodies that were read. */
  readonly onBytes: (bytes: number) => void;
}

/** The history of Redis streams, on a link of its own whose command timeout is the read deadline. */
export class StreamHistory implements History {
  readonly #settings: StreamHistorySettings;

  constructor(settings: StreamHistorySettings) {
    this.#settings = settings;
  }

  locate(
    stream: Stream,
    start: StartingPoint,
  ): Promise<{ readonly type: 'located'; readonly position: StreamPosition } | Unavailable> {
    return this.#ask(stream, async (connection, keys) => ({
      type: 'located',
      position: await locate(connection, keys, stream, start),
    }));
  }

  resume(
    stream: Stream,
    position: StreamPosition,
  ): Promise<{ readonly type: 'valid'; readonly position: StreamPosition } | Expired | Unavailable> {
    return this.#ask(stream, async (connection, keys) => {
      const [place] = position.partitions;
      if (place?.type !== 'redis-stream' || position.partitions.length !== 1) {
        return expired('invalid', await readState(connection, keys, stateArguments(stream.topic)));
      }
      const { state, exists } = await page(connection, keys, stream, place, 'forwards', LOOK);
      const reason = whyExpired(state, position.log, place, exists);
      return reason === undefined ? { type: 'valid', position } : expired(reason, state);
    });
  }

  read(
    stream: Stream,
    partition: number,
    log: string,
    position: PartitionPosition,
    limits: ReadLimits,
  ): Promise<Chunk | Expired | Unavailable> {
    return this.#read(stream, partition, log, position, limits, 'forwards');
  }

  readBackwards(
    stream: Stream,
    partition: number,
    log: string,
    position: PartitionPosition,
    limits: ReadLimits,
  ): Promise<Chunk | Expired | Unavailable> {
    return this.#read(stream, partition, log, position, limits, 'backwards');
  }

  #read(
    stream: Stream,
    partition: number,
    log: string,
    place: PartitionPosition,
    limits: ReadLimits,
    direction: Direction,
  ): Promise<Chunk | Expired | Unavailable> {
    return this.#ask(stream, async (connection, keys) => {
      if (partition !== 0 || place.type !== 'redis-stream') {
        return expired('invalid', await readState(connection, keys, stateArguments(stream.topic)));
      }
      const found = await page(connection, keys, stream, place, direction, limits);
      const reason = whyExpired(found.state, log, place, found.exists);
      // What was trimmed behind a place is no loss to who reads back from it.
      if (reason !== undefined && !(reason === 'trimmed' && direction === 'backwards')) {
        return expired(reason, found.state);
      }
      this.#settings.onBytes(found.entries.reduce((bytes, { data }) => bytes + data.length, 0));
      return direction === 'forwards' ? chunkForwards(stream, found, place) : chunkBackwards(stream, found, place);
    });
  }

  async #ask<T>(
    stream: Stream,
    question: (connection: Redis, keys: StreamKeys) => Promise<T>,
  ): Promise<T | Unavailable> {
    const { linkOf, address, prefix } = this.#settings;
    const keys = streamKeys(instanceOf(stream), prefix);
    const link = linkOf(keys.stream);
    if (link?.connection === undefined) {
      const why = link?.detail ?? 'it has not said which of its nodes holds the key';
      return { type: 'unavailable', reason: `No link to Redis at ${address}: ${why}.` };
    }
    try {
      return await question(link.connection, keys);
    } catch (error) {
      const reason = `Redis at ${address} could not be read: ${describeRedisError(error)}`;
      return { type: 'unavailable', reason };
    }
  }
}

async function locate(
  connection: Redis,
  keys: StreamKeys,
  stream: Stream,
  start: StartingPoint,
): Promise<StreamPosition> {
  const known = stateArguments(stream.topic);
  // An entry id begins with its time in 64 bits; any number that a caller has is within them.
  if (start.type === 'time' && start.time > 0) {
    const time = Math.min(Math.ceil(start.time), Number.MAX_SAFE_INTEGER);
    const { state, before, after } = await readAround(connection, keys, known, time);
    if (before === undefined) return positionAt(state, earliestPlace(state));
    if (after === undefined) return positionAt(state, latestPlace(state));
    // Its ordinal is known only to whoever counts; the lowest that it can be never hides a loss.
    return positionAt(state, { type: 'redis-stream', id: before, ordinal: goneOf(state) + 1 });
  }
  const state = await readState(connection, keys, known);
  return positionAt(state, start.type === 'latest' ? latestPlace(state) : earliestPlace(state));
}

function chunkForwards(stream: Stream, found: Page, from: EntryPlace): Chunk {
  const { state, entries, beyond } = found;
  const ordinals = ordinalsForwards(found, from);
  const records = entries.map((entry, at) => recordOf(instanceOf(stream), state.epoch, entry, ordinals[at] ?? 0));
  const atEnd = beyond === undefined;
  const last = entries.at(-1);
  const next: EntryPlace =
    atEnd || last === undefined
      ? latestPlace(state)
      : { type: 'redis-stream', id: last.id, ordinal: ordinals.at(-1) ?? from.ordinal };
  return { type: 'chunk', records, next, atEnd };
}

/** A place is always behind an entry that is kept, or before all of them: any other could not be told from a lost one later. */
function chunkBackwards(stream: Stream, found: Page, from: EntryPlace): Chunk {
  const { state, entries, beyond } = found;
  const ordinals = ordinalsBackwards(found, from);
  const records = entries
    .map((entry, at) => recordOf(instanceOf(stream), state.epoch, entry, ordinals[at] ?? 0))
    .toReversed();
  const next: EntryPlace =
    beyond === undefined
      ? earliestPlace(state)
      : {
          type: 'redis-stream',
          id: beyond,
          ordinal: Math.max(goneOf(state) + 1, from.ordinal - entries.length),
        };
  return { type: 'chunk', records, next, atEnd: beyond === undefined };
}

function page(
  connection: Redis,
  keys: StreamKeys,
  stream: Stream,
  { id }: EntryPlace,
  direction: Direction,
  limits: ReadLimits,
): Promise<Page> {
  return readPage(connection, keys, stateArguments(stream.topic), id, direction, limits);
}

function expired(reason: ExpiryReason, state: StreamState): Expired {
  return { type: 'expired', reason, oldest: positionAt(state, earliestPlace(state)) };
}

/** Streams are read one by one: BUFFERED has no wildcard. */
function instanceOf({ id, instance }: Stream): TopicInstance {
  if (instance === undefined) throw new Error(`the stream ${id} names no instance`);
  return instance;
}
