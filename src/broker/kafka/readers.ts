import type { BrokerEnvironment } from '../environment.ts';
import type { TailEndReason } from '../port.ts';
import type { Cluster } from './cluster.ts';
import { errorName, KafkaError } from './error-code.ts';
import { FetchLoop } from './fetch-loop.ts';
import { heldPartitions } from './offsets.ts';
import { PartitionReader } from './partition-reader.ts';
import type { PartitionTail } from './partition-tail.ts';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;
/** Milliseconds within which another failure of a partition counts as the same trouble. */
const AGAIN_MS = 5_000;
/** Milliseconds after which records that an open transaction keeps back are spoken of (F41). */
const HELD_BACK_MS = 5_000;

/** What the readers tell the rest of the adapter. */
export interface ReadersListener {
  /** The log under these places cannot be read on. */
  ended(places: Iterable<PartitionTail>, reason: TailEndReason): void;
  reading(): void;
  notReading(detail: string): void;
}

/** One reader per partition that a tail is open on, each in the fetch loop of the node that leads it. */
export class Readers {
  readonly #cluster: Cluster;
  readonly #environment: BrokerEnvironment;
  readonly #listener: ReadersListener;
  /** By topic and partition: a fetch can name a partition once only. */
  readonly #readers = new Map<string, PartitionReader>();
  /** By node id; a cluster's nodes are few and their loops sleep when they have no reader. */
  readonly #loops = new Map<number, FetchLoop>();
  /** Readers taken out of their loop until it is known what is wrong. */
  readonly #mending = new Set<PartitionReader>();
  readonly #failures = new WeakMap<PartitionReader, { readonly times: number; readonly at: number }>();
  readonly #silent = new Map<number, string>();
  #spokenOf = false;

  constructor(cluster: Cluster, environment: BrokerEnvironment, listener: ReadersListener) {
    this.#cluster = cluster;
    this.#environment = environment;
    this.#listener = listener;
  }

  get count(): number {
    return this.#readers.size;
  }

  /** Adds a tail's place to the partition's reader, which then reads from there at the latest. */
  join(
    place: { readonly topic: string; readonly topicId: string; readonly partition: number },
    tail: PartitionTail,
  ): void {
    const offset = tail.position.next;
    const key = `${place.topic} ${place.partition}`;
    let reader = this.#readers.get(key);
    if (reader === undefined) {
      reader = new PartitionReader({ ...place, offset }, this.#environment);
      this.#readers.set(key, reader);
    }
    reader.tails.add(tail);
    const wentBack = reader.goBackTo(offset);
    this.#assign(reader);
    if (wentBack) for (const loop of this.#loops.values()) if (loop.has(reader)) loop.moved();
  }

  leave(topic: string, partition: number, tail: PartitionTail): void {
    const key = `${topic} ${partition}`;
    const reader = this.#readers.get(key);
    if (reader === undefined || !reader.tails.delete(tail) || reader.tails.size > 0) return;
    this.#readers.delete(key);
    this.#mending.delete(reader);
    this.#takeOut(reader);
  }

  /** The leaders may be others now. */
  assignAll(): void {
    for (const reader of this.#readers.values()) {
      if (!this.#mending.has(reader)) this.#assign(reader);
    }
  }

  /** Of each Kafka topic that a tail is open on: its lag, over all partitions. */
  lag(): ReadonlyMap<string, { readonly records: number; readonly heldBack: number }> {
    const topics = new Map<string, { records: number; heldBack: number }>();
    for (const reader of this.#readers.values()) {
      const sum = topics.get(reader.topic) ?? { records: 0, heldBack: 0 };
      const { records, heldBack } = reader.lag();
      topics.set(reader.topic, { records: sum.records + records, heldBack: sum.heldBack + heldBack });
    }
    return topics;
  }

  /** What open transactions keep back, in words; undefined when it is nothing, or not for long. */
  heldBack(): string | undefined {
    const now = this.#environment.clock.monotonic();
    for (const reader of this.#readers.values()) {
      const since = reader.heldBackSince;
      if (since === undefined || now - since < HELD_BACK_MS) continue;
      const seconds = Math.round((now - since) / 1000);
      return `An open transaction of another producer has kept back records of Kafka topic ${reader.topic}, partition ${reader.partition}, for ${seconds} s.`;
    }
    return undefined;
  }

  close(): void {
    for (const loop of this.#loops.values()) loop.close();
    this.#readers.clear();
    this.#mending.clear();
  }

  #assign(reader: PartitionReader): void {
    const topic = this.#cluster.view?.topics.get(reader.topic);
    const leader = topic?.partitions[reader.partition]?.leader ?? -1;
    // Without a leader it stays where it is, and that loop's errors bring the next refresh.
    if (leader < 0) return;
    const loop = this.#loop(leader);
    if (loop.has(reader)) return;
    this.#takeOut(reader);
    loop.add(reader);
  }

  #takeOut(reader: PartitionReader): void {
    for (const [node, loop] of this.#loops) {
      loop.remove(reader);
      if (loop.isEmpty) this.#heard(node);
    }
  }

  #loop(node: number): FetchLoop {
    let loop = this.#loops.get(node);
    if (loop === undefined) {
      loop = new FetchLoop({
        clock: this.#environment.clock,
        link: (purpose) => this.#cluster.linkTo(node, purpose),
        failed: (reader, code) => this.#failed(reader, code),
        diverged: (reader) => this.#listener.ended([...reader.tails], 'truncated'),
        answered: () => this.#answered(node),
        lost: (detail) => this.#lost(node, detail),
      });
      this.#loops.set(node, loop);
    }
    return loop;
  }

  #answered(node: number): void {
    this.#heard(node);
    const heldBack = this.heldBack();
    if (heldBack !== undefined && !this.#spokenOf) this.#environment.log.warn(heldBack);
    this.#spokenOf = heldBack !== undefined;
  }

  #heard(node: number): void {
    if (this.#silent.delete(node) && this.#silent.size === 0) this.#listener.reading();
  }

  #lost(node: number, detail: string): void {
    this.#silent.set(node, detail);
    this.#listener.notReading(`Subscriptions do not hear from Kafka: ${detail}`);
    void this.#cluster.refresh();
  }

  #failed(reader: PartitionReader, code: number): void {
    this.#takeOut(reader);
    const now = this.#environment.clock.monotonic();
    const last = this.#failures.get(reader);
    const times = last !== undefined && now - last.at < AGAIN_MS ? last.times + 1 : 0;
    this.#failures.set(reader, { times, at: now });
    this.#mending.add(reader);
    if (times === 1) {
      this.#environment.log.warn('Kafka does not serve a partition', {
        topic: reader.topic,
        partition: reader.partition,
        why: errorName(code),
      });
    }
    void this.#mend(reader, code, times);
  }

  /** Finds out what became of the partition, then lets its reader go on or ends its tails. */
  async #mend(reader: PartitionReader, code: number, times: number): Promise<void> {
    if (times > 0) await this.#pause(Math.min(FIRST_PAUSE_MS * 2 ** times, LONGEST_PAUSE_MS));
    // Ends the tails of a topic that was made anew.
    await this.#cluster.refresh();
    if (!this.#isRead(reader)) return;
    if (code === KafkaError.OFFSET_OUT_OF_RANGE) {
      const reason = await this.#whyOutOfRange(reader);
      if (!this.#isRead(reader)) return;
      if (reason !== undefined) {
        this.#listener.ended([...reader.tails], reason);
        return;
      }
      reader.forgetLeaderEpoch();
    }
    this.#mending.delete(reader);
    this.#assign(reader);
  }

  async #whyOutOfRange(reader: PartitionReader): Promise<TailEndReason | undefined> {
    try {
      const { topic, partition } = reader;
      const asked = { topic, partitions: [partition], purpose: 'control' } as const;
      const held = (await heldPartitions(this.#cluster, asked)).get(partition);
      if (held !== undefined && reader.offset < held.start.next) return 'trimmed';
      if (held !== undefined && reader.offset > held.end.next) return 'truncated';
    } catch {
      // The leader is gone again: the next fetch tells.
    }
    return undefined;
  }

  #isRead(reader: PartitionReader): boolean {
    return this.#readers.get(`${reader.topic} ${reader.partition}`) === reader;
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#environment.clock.after(delayMs, resolve);
    });
  }
}
