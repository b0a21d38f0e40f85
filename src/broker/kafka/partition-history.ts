import type { BrokerEnvironment } from '../environment.ts';
import type { Chunk, ExpiryReason, ReadLimits } from '../history.ts';
import type { BrokerRecord } from '../record.ts';
import { brokerRecord } from './broker-record.ts';
import type { Cluster } from './cluster.ts';
import { errorName, KafkaError } from './error-code.ts';
import type { FetchedPartition } from './fetch-response.ts';
import { fetchedSteps } from './fetched-steps.ts';
import { whyNotReadable } from './log-check.ts';
import { NewestRecords } from './newest-records.ts';
import { type HeldPartition, heldPartitions, type KafkaPosition, leaderOf } from './offsets.ts';
import { fetchRequest } from './requests.ts';

/** One partition of one log. */
export interface HistoryPlace {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
}

/** Bytes that one fetch asks for, at least and at most. A larger first batch comes whole all the same. */
const LEAST_BYTES = 16 * 1024;
const MOST_BYTES = 4 * 1024 * 1024;
/** Offsets that reading back looks at first: few, because the size of the records is not known yet. */
const FIRST_SPAN = 8;
/** By how much the next look back may be longer. */
const GROWTH = 8;
/** Milliseconds after which reading back gives what it has. */
const BACK_MS = 2_000;

/** Reads one partition of a log by fetches of its own. Both methods reject when Kafka does not serve it. */
export class PartitionHistory {
  readonly #cluster: Cluster;
  readonly #environment: BrokerEnvironment;
  readonly #place: HistoryPlace;

  constructor(cluster: Cluster, environment: BrokerEnvironment, place: HistoryPlace) {
    this.#cluster = cluster;
    this.#environment = environment;
    this.#place = place;
  }

  /** As `History.read`. */
  async read(position: KafkaPosition, limits: ReadLimits): Promise<Chunk | ExpiryReason> {
    const fetched = await this.#fetchBehind(position, limits.maxBytes);
    if (typeof fetched === 'string') return fetched;
    const records: BrokerRecord[] = [];
    let bytes = 0;
    let next = position;
    for (const step of fetchedSteps(fetched, position.next, this.#environment.clock.now())) {
      const { leaderEpoch } = step;
      for (const record of step.records) {
        const size = record.value?.length ?? 0;
        if (records.length > 0 && (records.length >= limits.maxRecords || bytes + size > limits.maxBytes)) {
          return this.#chunk(records, bytes, next, false);
        }
        records.push(brokerRecord(this.#place.partition, record, leaderEpoch));
        bytes += size;
        next = { type: 'kafka', next: record.offset + 1n, leaderEpoch };
      }
      next = { type: 'kafka', next: step.next, leaderEpoch };
    }
    // Offsets without a batch up to the stable end are a hole that compaction left, or were not at hand (tiered storage):
    // they are not stepped over.
    const atEnd = next.next >= fetched.lastStableOffset || fetched.records.length === 0;
    return this.#chunk(records, bytes, next, atEnd);
  }

  /** As `History.readBackwards`: ranges before the position are read forwards, longer and longer ones, until there is enough. */
  async readBackwards(position: KafkaPosition, limits: ReadLimits): Promise<Chunk | ExpiryReason> {
    const began = this.#environment.clock.monotonic();
    const held = await this.#held();
    const start = held.start.next;
    if (position.next <= start) return this.#chunk([], 0, position, true);
    const { topic, partition } = this.#place;
    const why = await whyNotReadable(this.#cluster, topic, [{ partition, position, held }]);
    if (why !== undefined) return why;
    const found: BrokerRecord[] = [];
    let bytes = 0;
    let upper = position.next;
    let span = BigInt(FIRST_SPAN);
    let leftOut = false;
    while (upper > start && !leftOut && found.length < limits.maxRecords && bytes < limits.maxBytes) {
      if (upper < position.next && this.#environment.clock.monotonic() - began > BACK_MS) break;
      const lower = upper - span > start ? upper - span : start;
      const room = { maxRecords: limits.maxRecords - found.length, maxBytes: limits.maxBytes - bytes };
      const newest = new NewestRecords(room, found.length === 0 ? 1 : 0);
      await this.#readRange(lower, upper, newest, limits.maxBytes);
      found.unshift(...newest.records);
      bytes += newest.bytes;
      leftOut = newest.leftOut;
      upper = lower;
      span = nextSpan(span, Number(position.next - upper), found.length, bytes, limits);
    }
    const first = found[0]?.position;
    // The epoch of the record at that place: the log surely reaches so far in it.
    const leaderEpoch = first?.type === 'kafka' ? first.leaderEpoch : -1;
    const next = leftOut && first?.type === 'kafka' ? first.offset : upper;
    return this.#chunk(found, bytes, { type: 'kafka', next, leaderEpoch }, next === start);
  }

  /** Puts in what [lower, upper) holds. */
  async #readRange(lower: bigint, upper: bigint, into: NewestRecords, maxBytes: number): Promise<void> {
    let offset = lower;
    while (offset < upper) {
      const fetched = await this.#fetch({ type: 'kafka', next: offset, leaderEpoch: -1 }, maxBytes);
      if (fetched === 'doubtful') throw new Error('Kafka deleted records while they were read.');
      const before = offset;
      for (const step of fetchedSteps(fetched, offset, this.#environment.clock.now())) {
        for (const record of step.records) {
          if (record.offset >= upper) return;
          into.push(brokerRecord(this.#place.partition, record, step.leaderEpoch));
        }
        offset = step.next;
      }
      // Nothing more is there up to the stable end.
      if (offset === before) return;
    }
  }

  /** What stands behind a position, or why that cannot be read. */
  async #fetchBehind(position: KafkaPosition, maxBytes: number): Promise<FetchedPartition | ExpiryReason> {
    const fetched = await this.#fetch(position, maxBytes);
    if (fetched !== 'doubtful') return fetched;
    const { topic, partition } = this.#place;
    const held = await this.#held();
    const why = await whyNotReadable(this.#cluster, topic, [{ partition, position, held }]);
    if (why !== undefined) return why;
    // Nothing was lost: it is an epoch in which this partition was given no record.
    const again = await this.#fetch({ ...position, leaderEpoch: -1 }, maxBytes);
    if (again !== 'doubtful') return again;
    throw new Error(`Kafka does not serve offset ${position.next} of ${topic}, partition ${partition}.`);
  }

  /** Does not wait for records. Doubtful: the broker's log seems not to hold what is before the position. */
  async #fetch({ next, leaderEpoch }: KafkaPosition, maxBytes: number): Promise<FetchedPartition | 'doubtful'> {
    const { topic, topicId, partition } = this.#place;
    const link = await this.#cluster.linkTo(leaderOf(this.#cluster, topic, partition), 'history');
    const partitionMaxBytes = Math.max(LEAST_BYTES, Math.min(maxBytes, MOST_BYTES));
    const asked = {
      partition,
      currentLeaderEpoch: -1,
      fetchOffset: next,
      lastFetchedEpoch: leaderEpoch,
      partitionMaxBytes,
    };
    const answer = await link.request(
      fetchRequest([{ topicId, partitions: [asked] }], { maxWaitMs: 0, maxBytes: partitionMaxBytes }),
    );
    const fetched = answer.topics[0]?.partitions[0];
    // A broker that holds a client back for its quota answers with nothing.
    const errorCode = answer.errorCode || (fetched?.errorCode ?? KafkaError.NONE);
    if (errorCode === KafkaError.OFFSET_OUT_OF_RANGE || fetched?.diverged === true) return 'doubtful';
    if (fetched !== undefined && errorCode === KafkaError.NONE) return fetched;
    const why = errorCode === KafkaError.NONE ? 'it holds reads back' : errorName(errorCode);
    throw new Error(`Kafka does not serve partition ${partition} of ${topic} for reading: ${why}.`);
  }

  async #held(): Promise<HeldPartition> {
    const { topic, partition } = this.#place;
    const asked = { topic, partitions: [partition], purpose: 'history' } as const;
    const held = (await heldPartitions(this.#cluster, asked)).get(partition);
    if (held === undefined) throw new Error(`Kafka left partition ${partition} out of its answer.`);
    return held;
  }

  #chunk(records: readonly BrokerRecord[], bytes: number, next: KafkaPosition, atEnd: boolean): Chunk {
    this.#environment.onBytes('in', bytes);
    return { type: 'chunk', records, next, atEnd };
  }
}

/** How many offsets to look at next, by what was found in those looked at so far. */
function nextSpan(span: bigint, looked: number, found: number, bytes: number, limits: ReadLimits): bigint {
  const longest = span * BigInt(GROWTH);
  if (found === 0) return longest;
  const fitting = ((limits.maxBytes - bytes) * found) / Math.max(1, bytes);
  const wanted = Math.max(1, Math.min(limits.maxRecords - found, fitting));
  const guess = BigInt(Math.ceil((wanted * looked) / found) + FIRST_SPAN);
  return guess < longest ? guess : longest;
}
