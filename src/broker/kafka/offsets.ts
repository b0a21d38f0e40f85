import type { PartitionPosition } from '../../routing/position.ts';
import type { Cluster } from './cluster.ts';
import { errorName, KafkaError } from './error-code.ts';
import type { KafkaLink } from './link.ts';
import type { LinkPurpose } from './links.ts';
import { listOffsetsRequest, OffsetAt, offsetForLeaderEpochRequest } from './requests.ts';

/** A place in a partition of Kafka. */
export type KafkaPosition = Extract<PartitionPosition, { readonly type: 'kafka' }>;

/**
 * What a partition holds now. Positions here carry an epoch whose log surely reaches so far: the leader's own at the ends, that of the
 * first record at the start. So they tell a log that was cut since.
 */
export interface HeldPartition {
  /** At the first record that is kept. */
  readonly start: KafkaPosition;
  /** Behind the newest record that no open transaction holds back: where reading ends now. */
  readonly stable: KafkaPosition;
  /** Behind the newest record of all that every in-sync replica holds. */
  readonly end: KafkaPosition;
}

/** Partitions of a topic, and on which links they are asked about. */
export interface AskedPartitions {
  readonly topic: string;
  readonly partitions: readonly number[];
  readonly purpose: LinkPurpose;
}

/** Where new tails begin: behind the newest record that no open transaction holds back. Rejects when a leader does not say. */
export function tailStarts(cluster: Cluster, asked: AskedPartitions): Promise<ReadonlyMap<number, KafkaPosition>> {
  return perLeader(cluster, asked, (link, led) => offsets(link, asked.topic, led, OffsetAt.latest, 'committed'));
}

/** What partitions hold now. Rejects when a leader does not say. */
export function heldPartitions(cluster: Cluster, asked: AskedPartitions): Promise<ReadonlyMap<number, HeldPartition>> {
  return perLeader(cluster, asked, async (link, led) => {
    const [start, stable, end] = await Promise.all([
      offsets(link, asked.topic, led, OffsetAt.earliest, 'all'),
      offsets(link, asked.topic, led, OffsetAt.latest, 'committed'),
      offsets(link, asked.topic, led, OffsetAt.latest, 'all'),
    ]);
    const held = led.map((partition): [number, HeldPartition] => [
      partition,
      { start: found(start, partition), stable: found(stable, partition), end: found(end, partition) },
    ]);
    return new Map(held);
  });
}

/** Where the first record stands that is not older than a time, in milliseconds since the epoch; without one, where reading ends now. */
export function offsetsOfTime(
  cluster: Cluster,
  asked: AskedPartitions,
  time: number,
): Promise<ReadonlyMap<number, KafkaPosition>> {
  return perLeader(cluster, asked, async (link, led) => {
    // In this order on one link: a record that comes in between is not passed over.
    const [ends, times] = await Promise.all([
      offsets(link, asked.topic, led, OffsetAt.latest, 'committed'),
      offsets(link, asked.topic, led, BigInt(Math.max(0, Math.ceil(time))), 'committed'),
    ]);
    return new Map(
      led.map((partition): [number, KafkaPosition] => {
        const first = found(times, partition);
        return [partition, first.next >= 0n ? first : found(ends, partition)];
      }),
    );
  });
}

/** Where leader epochs end, by partition number; -1 for an epoch that the leader does not know. Rejects when a leader does not say. */
export function epochEnds(
  cluster: Cluster,
  topic: string,
  epochs: ReadonlyMap<number, number>,
  purpose: LinkPurpose,
): Promise<ReadonlyMap<number, bigint>> {
  const partitions = [...epochs.keys()];
  return perLeader(cluster, { topic, partitions, purpose }, async (link, led) => {
    const asked = new Map([...epochs].filter(([partition]) => led.includes(partition)));
    const answer = await link.request(offsetForLeaderEpochRequest(topic, asked));
    const ends = new Map<number, bigint>();
    for (const { errorCode, partition, endOffset } of answer.topics[0]?.partitions ?? []) {
      throwFor(errorCode, topic, partition);
      ends.set(partition, endOffset);
    }
    return ends;
  });
}

/** Asks each leader about the partitions that it leads, all at once. */
async function perLeader<T>(
  cluster: Cluster,
  { topic, partitions, purpose }: AskedPartitions,
  ask: (link: KafkaLink, led: readonly number[]) => Promise<ReadonlyMap<number, T>>,
): Promise<ReadonlyMap<number, T>> {
  const all = new Map<number, T>();
  const perLeader = Map.groupBy(partitions, (partition) => leaderOf(cluster, topic, partition));
  await Promise.all(
    [...perLeader].map(async ([leader, led]) => {
      const answers = await ask(await cluster.linkTo(leader, purpose), led);
      for (const partition of led) all.set(partition, found(answers, partition));
    }),
  );
  return all;
}

/** Throws while the partition has no leader that is known. */
export function leaderOf(cluster: Cluster, topic: string, partition: number): number {
  const leader = cluster.view?.topics.get(topic)?.partitions[partition]?.leader;
  if (leader === undefined || leader < 0) {
    throw new Error(`Partition ${partition} of Kafka topic ${topic} has no leader that is known.`);
  }
  return leader;
}

async function offsets(
  link: KafkaLink,
  topic: string,
  partitions: readonly number[],
  at: bigint,
  isolation: 'all' | 'committed',
): Promise<ReadonlyMap<number, KafkaPosition>> {
  const answer = await link.request(listOffsetsRequest(topic, partitions, at, isolation));
  const byPartition = new Map<number, KafkaPosition>();
  for (const { errorCode, partitionIndex, offset, leaderEpoch } of answer.topics[0]?.partitions ?? []) {
    throwFor(errorCode, topic, partitionIndex);
    byPartition.set(partitionIndex, { type: 'kafka', next: offset, leaderEpoch });
  }
  return byPartition;
}

function throwFor(errorCode: number, topic: string, partition: number): void {
  if (errorCode === KafkaError.NONE) return;
  throw new Error(`Kafka did not tell the offsets of partition ${partition} of ${topic}: ${errorName(errorCode)}.`);
}

function found<T>(answers: ReadonlyMap<number, T>, partition: number): T {
  const answer = answers.get(partition);
  if (answer === undefined) throw new Error(`Kafka left partition ${partition} out of its answer.`);
  return answer;
}
