import type { StreamPosition } from '../../routing/position.ts';
import type { ExpiryReason } from '../history.ts';
import type { Cluster } from './cluster.ts';
import { epochEnds, type HeldPartition, type KafkaPosition } from './offsets.ts';

/** A place in one partition, and what that partition holds now. */
export interface PlaceToCheck {
  readonly partition: number;
  readonly position: KafkaPosition;
  readonly held: HeldPartition;
}

/** Partitions of Kafka alone; undefined when a position is of another broker. */
export function kafkaPositions({ partitions }: StreamPosition): readonly KafkaPosition[] | undefined {
  const positions = partitions.filter((position) => position.type === 'kafka');
  return positions.length === partitions.length ? positions : undefined;
}

/**
 * Why reading cannot go on from these places of one topic (design §5); undefined when it can from all of them. Offsets are compared
 * with what is held, and the epoch of what was read last with where the leader says that it ends (F16). No record is compared:
 * compaction and transaction markers leave holes. Rejects when a leader does not say.
 */
export async function whyNotReadable(
  cluster: Cluster,
  topic: string,
  places: readonly PlaceToCheck[],
): Promise<ExpiryReason | undefined> {
  if (places.some(({ position, held }) => position.next < held.start.next)) return 'trimmed';
  if (places.some(({ position, held }) => position.next > held.end.next)) return 'truncated';
  // The leader's own epoch ends where the log does, which was compared already.
  const older = places.filter(({ position, held }) => {
    return position.leaderEpoch >= 0 && position.leaderEpoch !== held.end.leaderEpoch;
  });
  if (older.length === 0) return undefined;
  const epochs = new Map(older.map(({ partition, position }) => [partition, position.leaderEpoch]));
  const ends = await epochEnds(cluster, topic, epochs, 'history');
  return older.some(({ partition, position }) => isBeyond(position, ends.get(partition))) ? 'truncated' : undefined;
}

/** An epoch that the leader does not know, or that ends before the place: what was read there is no longer in the log. */
function isBeyond({ next }: KafkaPosition, epochEnd: bigint | undefined): boolean {
  return epochEnd === undefined || epochEnd < next;
}
