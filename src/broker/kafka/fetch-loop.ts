import { setImmediate } from 'node:timers/promises';
import type { fetchV13 } from '@platformatic/kafka';
import type { Clock } from '../../time/clock.ts';
import { KafkaError } from './error-code.ts';
import type { FetchedPartition, FetchResponse } from './fetch-response.ts';
import type { KafkaLink } from './link.ts';
import type { LinkPurpose } from './links.ts';
import type { PartitionReader } from './partition-reader.ts';
import { fetchRequest } from './requests.ts';

/** So much comes through within the link's time-out at 5 Mbit/s; more would only help where a round trip takes long. */
const LIMITS = { maxWaitMs: 1_000, maxBytes: 2 * 1024 * 1024 };
const PARTITION_BYTES = 1024 * 1024;
/** Bytes after which the event loop gets a turn before more records are handed out. */
const TURN_BYTES = 256 * 1024;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;
/** Milliseconds without an answer after which one failure is enough to tell. */
const SILENT_MS = 3_000;

/** What a loop needs of the rest of the adapter. */
export interface FetchLoopPort {
  readonly clock: Clock;
  link(purpose: LinkPurpose): Promise<KafkaLink>;
  /** The broker does not serve this partition as expected: the port takes the reader out and finds out why. The loop goes on with the others. */
  failed(reader: PartitionReader, errorCode: number): void;
  /** The log no longer holds what the reader has read: the port takes it out. */
  diverged(reader: PartitionReader): void;
  answered(): void;
  /** The node has not answered for a while, or twice; the loop tries again by itself. */
  lost(detail: string): void;
}

/**
 * Reads all partitions that one node leads, in one long poll after the other, whatever number of tails stands behind them.
 *
 * A new partition does not wait for the poll that is under way: the next poll goes out at once on a second link, and the answer
 * of the old one is not read. Nothing is lost by that, for every reader keeps its own offset.
 */
export class FetchLoop {
  readonly #port: FetchLoopPort;
  readonly #readers = new Set<PartitionReader>();
  /** The polls under way per link; Kafka would hold a second one on the same link back. */
  readonly #polling: Record<'fetch-a' | 'fetch-b', Promise<unknown> | undefined> = {
    'fetch-a': undefined,
    'fetch-b': undefined,
  };
  #first = 0;
  #failures = 0;
  #answeredAt: number;
  #changed: () => void = () => {};
  #running = false;
  #closed = false;

  constructor(port: FetchLoopPort) {
    this.#port = port;
    this.#answeredAt = port.clock.monotonic();
  }

  get isEmpty(): boolean {
    return this.#readers.size === 0;
  }

  has(reader: PartitionReader): boolean {
    return this.#readers.has(reader);
  }

  add(reader: PartitionReader): void {
    if (this.#readers.has(reader)) return;
    this.#readers.add(reader);
    this.#changed();
    if (this.#running || this.#closed) return;
    this.#running = true;
    this.#answeredAt = this.#port.clock.monotonic();
    void this.#run();
  }

  /** A reader of this loop reads from another offset now: the poll under way is of no use to it. */
  moved(): void {
    this.#changed();
  }

  remove(reader: PartitionReader): void {
    // The poll under way may still ask for it; its answer finds no reader. The loop ends by itself when none is left.
    if (this.#readers.delete(reader) && this.#readers.size === 0) this.#changed();
  }

  close(): void {
    this.#closed = true;
    this.#readers.clear();
    this.#changed();
  }

  async #run(): Promise<void> {
    // Readers that come in one turn share the first poll.
    await undefined;
    while (!this.#closed && this.#readers.size > 0) {
      const changed = new Promise<undefined>((resolve) => {
        this.#changed = () => resolve(undefined);
      });
      try {
        const link = await Promise.race([this.#freeLink(), changed]);
        if (link === undefined) continue;
        const asked = new Map([...this.#readers].map((reader) => [reader, reader.offset]));
        const answer = await Promise.race([this.#poll(link, [...asked.keys()]), changed]);
        if (answer === undefined) continue;
        await this.#take(answer, asked);
        this.#failures = 0;
        this.#answeredAt = this.#port.clock.monotonic();
        this.#port.answered();
      } catch (error) {
        if (this.#closed) break;
        this.#failures += 1;
        const silentMs = this.#port.clock.monotonic() - this.#answeredAt;
        if (this.#failures > 1 || silentMs > SILENT_MS) {
          this.#port.lost(error instanceof Error ? error.message : String(error));
        }
        await Promise.race([this.#pause(), changed]);
      }
    }
    this.#running = false;
  }

  /** A link without a poll on it, as soon as there is one. */
  async #freeLink(): Promise<{ readonly link: KafkaLink; readonly purpose: 'fetch-a' | 'fetch-b' }> {
    for (;;) {
      const purpose = this.#polling['fetch-a'] === undefined ? 'fetch-a' : 'fetch-b';
      if (this.#polling[purpose] === undefined) return { link: await this.#port.link(purpose), purpose };
      await Promise.race([this.#polling['fetch-a'], this.#polling['fetch-b']]);
    }
  }

  #poll(
    { link, purpose }: { readonly link: KafkaLink; readonly purpose: 'fetch-a' | 'fetch-b' },
    readers: readonly PartitionReader[],
  ): Promise<FetchResponse> {
    this.#first = (this.#first + 1) % readers.length;
    const inTurn = [...readers.slice(this.#first), ...readers.slice(0, this.#first)];
    const poll = link.request(fetchRequest(topicsOf(inTurn), LIMITS));
    const over = (): void => {
      this.#polling[purpose] = undefined;
    };
    this.#polling[purpose] = poll.then(over, over);
    return poll;
  }

  async #take(answer: FetchResponse, asked: ReadonlyMap<PartitionReader, bigint>): Promise<void> {
    if (answer.errorCode !== KafkaError.NONE) throw new Error(`Kafka refused a fetch with error ${answer.errorCode}.`);
    const readers = new Map([...asked.keys()].map((reader) => [`${reader.topicId} ${reader.partition}`, reader]));
    let bytes = 0;
    for (const topic of answer.topics) {
      for (const fetched of topic.partitions) {
        const reader = readers.get(`${topic.topicId} ${fetched.partition}`);
        // It may have gone, or moved to another node, since it was asked for.
        if (reader === undefined || !this.#readers.has(reader) || reader.offset !== asked.get(reader)) continue;
        this.#takePartition(reader, fetched);
        bytes += fetched.records.length;
        if (bytes < TURN_BYTES) continue;
        bytes = 0;
        await setImmediate();
      }
    }
  }

  #takePartition(reader: PartitionReader, fetched: FetchedPartition): void {
    if (fetched.errorCode !== KafkaError.NONE) this.#port.failed(reader, fetched.errorCode);
    else if (fetched.diverged) this.#port.diverged(reader);
    else reader.take(fetched);
  }

  #pause(): Promise<void> {
    const delay = Math.min(FIRST_PAUSE_MS * 2 ** (this.#failures - 1), LONGEST_PAUSE_MS);
    return new Promise((resolve) => {
      this.#port.clock.after(delay, resolve);
    });
  }
}

function topicsOf(readers: readonly PartitionReader[]): fetchV13.FetchRequestTopic[] {
  const topics = new Map<string, fetchV13.FetchRequestPartition[]>();
  for (const reader of readers) {
    const partitions = topics.get(reader.topicId) ?? [];
    topics.set(reader.topicId, partitions);
    partitions.push({
      partition: reader.partition,
      currentLeaderEpoch: -1,
      fetchOffset: reader.offset,
      lastFetchedEpoch: reader.leaderEpoch,
      partitionMaxBytes: PARTITION_BYTES,
    });
  }
  return [...topics].map(([topicId, partitions]) => ({ topicId, partitions }));
}
