import type { BrokerEnvironment } from '../environment.ts';
import type { FetchedPartition } from './fetch-response.ts';
import { type FetchedStep, fetchedSteps } from './fetched-steps.ts';
import type { PartitionTail } from './partition-tail.ts';

/** Reads one partition for all its tails: keeps its own offset, and hands out copies. */
export class PartitionReader {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  readonly tails: Set<PartitionTail> = new Set();
  readonly #environment: BrokerEnvironment;
  #offset: bigint;
  #leaderEpoch = -1;
  #heldBackSince: number | undefined;
  /** As of the last answer; undefined before the first. */
  #ends: { readonly high: bigint; readonly stable: bigint } | undefined;

  constructor(
    place: { readonly topic: string; readonly topicId: string; readonly partition: number; readonly offset: bigint },
    environment: BrokerEnvironment,
  ) {
    this.topic = place.topic;
    this.topicId = place.topicId;
    this.partition = place.partition;
    this.#offset = place.offset;
    this.#environment = environment;
  }

  /** The next offset to fetch. */
  get offset(): bigint {
    return this.#offset;
  }

  /** Leader epoch of the last batch read; -1 before the first. A broker whose log does not hold it there was cut. */
  get leaderEpoch(): number {
    return this.#leaderEpoch;
  }

  /** Monotonic milliseconds since when an open transaction keeps records back; undefined while none does. */
  get heldBackSince(): number | undefined {
    return this.#heldBackSince;
  }

  /** Records that it has not read, and that an open transaction keeps back, as of the last answer. */
  lag(): { readonly records: number; readonly heldBack: number } {
    if (this.#ends === undefined) return { records: 0, heldBack: 0 };
    const { high, stable } = this.#ends;
    return { records: Math.max(0, Number(high - this.#offset)), heldBack: Math.max(0, Number(high - stable)) };
  }

  /** Stops telling the broker what was read last; it then answers by the offset alone. */
  forgetLeaderEpoch(): void {
    this.#leaderEpoch = -1;
  }

  /** Reads again from an earlier offset, for a tail that begins there; the other tails hear nothing twice. False when it has not read so far. */
  goBackTo(offset: bigint): boolean {
    if (offset >= this.#offset) return false;
    this.#offset = offset;
    this.#leaderEpoch = -1;
    return true;
  }

  /** Takes what a fetch from `offset` brought. Returns the bytes of records looked at. */
  take(fetched: FetchedPartition): number {
    for (const step of fetchedSteps(fetched, this.#offset, this.#environment.clock.now())) {
      if (step.unreadable !== undefined) this.#report(step);
      if (step.leaderEpoch >= 0) this.#leaderEpoch = step.leaderEpoch;
      for (const record of step.records) {
        this.#environment.onBytes('in', record.value?.length ?? 0);
        for (const tail of this.tails) tail.record(this.partition, record, this.#leaderEpoch);
      }
      this.#offset = step.next;
    }
    for (const tail of this.tails) tail.reached(this.#offset, this.#leaderEpoch);
    this.#watchTransactions(fetched);
    return fetched.records.length;
  }

  #report({ next, unreadable }: FetchedStep): void {
    this.#environment.log.error('A batch of Kafka records cannot be read and is passed over', {
      topic: this.topic,
      partition: this.partition,
      from: String(this.#offset),
      to: String(next - 1n),
      why: unreadable,
    });
  }

  #watchTransactions({ highWatermark, lastStableOffset }: FetchedPartition): void {
    this.#ends = { high: highWatermark, stable: lastStableOffset };
    const heldBack = highWatermark > lastStableOffset && this.#offset >= lastStableOffset;
    if (!heldBack) this.#heldBackSince = undefined;
    else this.#heldBackSince ??= this.#environment.clock.monotonic();
  }
}
