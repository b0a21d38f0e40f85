import type { Cluster } from './cluster.ts';
import { errorName, KafkaError } from './error-code.ts';
import type { KafkaLink } from './link.ts';
import { listOffsetsRequest, OffsetAt } from './requests.ts';

/** Where a new tail begins in one partition. */
export interface TailStart {
  /** One past the newest record that no open transaction holds back. */
  readonly lastStableOffset: bigint;
  /** One past the newest record of all, taken before the other. */
  readonly highWatermark: bigint;
}

/** Asks the leaders where partitions of a topic end now. Rejects when one of them does not say. */
export async function tailStarts(
  cluster: Cluster,
  topic: string,
  partitions: readonly number[],
): Promise<ReadonlyMap<number, TailStart>> {
  const starts = new Map<number, TailStart>();
  const perLeader = Map.groupBy(partitions, (partition) => leaderOf(cluster, topic, partition));
  await Promise.all(
    [...perLeader].map(async ([leader, led]) => {
      const link = await cluster.linkTo(leader, 'control');
      // In this order on one link: what is acknowledged after the first answer is beyond it.
      const [highWatermarks, stable] = await Promise.all([
        offsets(link, topic, led, OffsetAt.latest, 'all'),
        offsets(link, topic, led, OffsetAt.latest, 'committed'),
      ]);
      for (const partition of led) {
        starts.set(partition, {
          highWatermark: found(highWatermarks, partition),
          lastStableOffset: found(stable, partition),
        });
      }
    }),
  );
  return starts;
}

/** The first and one past the last offset that a partition holds now. */
export async function heldRange(
  cluster: Cluster,
  topic: string,
  partition: number,
): Promise<{ readonly earliest: bigint; readonly end: bigint }> {
  const link = await cluster.linkTo(leaderOf(cluster, topic, partition), 'control');
  const [earliest, end] = await Promise.all([
    offsets(link, topic, [partition], OffsetAt.earliest, 'all'),
    offsets(link, topic, [partition], OffsetAt.latest, 'all'),
  ]);
  return { earliest: found(earliest, partition), end: found(end, partition) };
}

function leaderOf(cluster: Cluster, topic: string, partition: number): number {
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
): Promise<ReadonlyMap<number, bigint>> {
  const answer = await link.request(listOffsetsRequest(topic, partitions, at, isolation));
  const byPartition = new Map<number, bigint>();
  for (const partition of answer.topics[0]?.partitions ?? []) {
    if (partition.errorCode !== KafkaError.NONE) {
      throw new Error(
        `Kafka did not say where partition ${partition.partitionIndex} of ${topic} ends: ${errorName(partition.errorCode)}.`,
      );
    }
    byPartition.set(partition.partitionIndex, partition.offset);
  }
  return byPartition;
}

function found(offsets: ReadonlyMap<number, bigint>, partition: number): bigint {
  const offset = offsets.get(partition);
  if (offset === undefined) throw new Error(`Kafka left partition ${partition} out of its answer.`);
  return offset;
}
