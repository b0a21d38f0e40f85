import type { PartitionPosition, StreamPosition } from '../../routing/position.ts';
import type { Chunk, Expired, History, ReadLimits, StartingPoint, Unavailable } from '../history.ts';
import type { BrokerRecord } from '../record.ts';
import type { Stream } from '../stream.ts';
import type { HistoryAnswer, HistoryQuestion, LogPlace, LogStream } from './history-messages.ts';
import type { LiveLog } from './live-log.ts';

type Ask = (question: HistoryQuestion) => Promise<HistoryAnswer>;
type ChunkAnswer = Extract<HistoryAnswer, { type: 'chunk' }>;

/**
 * What the log keeps, read by its worker between commits.
 *
 * One sequence runs through the file, so behind the last record of a stream there are places that differ only by other streams'
 * records. Wherever such a place is told, it is the one where the stream's open tail stands: then a reader that has reached the end
 * and the tail agree to the number. The worker answers in order, so all that was committed before an answer was handed to the tails.
 */
export class SqliteHistory implements History {
  readonly #ask: Ask;
  readonly #live: LiveLog;
  readonly #onBytes: (bytes: number) => void;

  /** `onBytes` hears the bytes of values that were read. */
  constructor(ask: Ask, live: LiveLog, onBytes: (bytes: number) => void) {
    this.#ask = ask;
    this.#live = live;
    this.#onBytes = onBytes;
  }

  async locate(
    stream: Stream,
    start: StartingPoint,
  ): Promise<{ readonly type: 'located'; readonly position: StreamPosition } | Unavailable> {
    const answer = await this.#ask({ type: 'locate', stream: logStream(stream), start });
    if (answer.type === 'unavailable') return answer;
    if (answer.type !== 'located') throw unasked(answer);
    const { log, sequence } = answer.place;
    const head = answer.atEnd ? this.#live.head(stream.id) : undefined;
    return { type: 'located', position: positionOf({ log, sequence: head ?? sequence }) };
  }

  async resume(
    stream: Stream,
    position: StreamPosition,
  ): Promise<{ readonly type: 'valid'; readonly position: StreamPosition } | Expired | Unavailable> {
    const [place] = position.partitions;
    const sequence = position.partitions.length === 1 ? sequenceOf(0, place) : -1;
    const { log } = position;
    const answer = await this.#ask({ type: 'resume', stream: logStream(stream), place: { log, sequence } });
    if (answer.type === 'unavailable') return answer;
    if (answer.type === 'expired') return expired(answer);
    if (answer.type !== 'valid') throw unasked(answer);
    const head = this.#live.head(stream.id) ?? sequence;
    return { type: 'valid', position: positionOf({ log, sequence: Math.min(sequence, head) }) };
  }

  async read(
    stream: Stream,
    partition: number,
    log: string,
    position: PartitionPosition,
    limits: ReadLimits,
  ): Promise<Chunk | Expired | Unavailable> {
    const place = { log, sequence: sequenceOf(partition, position) };
    const answer = await this.#ask({
      type: 'read',
      stream: logStream(stream),
      place,
      direction: 'forwards',
      ...limits,
    });
    if (answer.type !== 'chunk') return failure(answer);
    const head = answer.atEnd ? (this.#live.head(stream.id) ?? 0) : 0;
    return this.#chunk(answer, log, Math.max(answer.next, head));
  }

  async readBackwards(
    stream: Stream,
    partition: number,
    log: string,
    position: PartitionPosition,
    limits: ReadLimits,
  ): Promise<Chunk | Expired | Unavailable> {
    const place = { log, sequence: sequenceOf(partition, position) };
    const answer = await this.#ask({
      type: 'read',
      stream: logStream(stream),
      place,
      direction: 'backwards',
      ...limits,
    });
    return answer.type === 'chunk' ? this.#chunk(answer, log, answer.next) : failure(answer);
  }

  #chunk({ records, bytes, atEnd }: ChunkAnswer, epoch: string, next: number): Chunk {
    let offset = 0;
    const read = records.map((record): BrokerRecord => {
      const value = Buffer.from(bytes, offset, record.bytes);
      offset += record.bytes;
      return {
        instance: record.instance,
        key: record.key === undefined ? undefined : Buffer.from(record.key),
        value,
        position: { type: 'log', epoch, sequence: record.sequence },
        timestamp: record.timestamp,
      };
    });
    this.#onBytes(bytes.byteLength);
    return { type: 'chunk', records: read, next: { type: 'log', sequence: next }, atEnd };
  }
}

function logStream({ topic, instance }: Stream): LogStream {
  return { topic: topic.name, instance };
}

function positionOf({ log, sequence }: LogPlace): StreamPosition {
  return { log, partitions: [{ type: 'log', sequence }] };
}

/** -1 for what is no place of an embedded log: clients bring positions back, and there is one partition. */
function sequenceOf(partition: number, position: PartitionPosition | undefined): number {
  if (partition !== 0 || position?.type !== 'log' || !Number.isSafeInteger(position.sequence)) return -1;
  return position.sequence;
}

function expired({ reason, oldest }: Extract<HistoryAnswer, { type: 'expired' }>): Expired {
  return { type: 'expired', reason, oldest: positionOf(oldest) };
}

function failure(answer: HistoryAnswer): Expired | Unavailable {
  if (answer.type === 'expired') return expired(answer);
  if (answer.type === 'unavailable') return answer;
  throw unasked(answer);
}

function unasked(answer: HistoryAnswer): Error {
  return new Error(`The worker answered a question that was not asked: ${answer.type}.`);
}
