import { errorName, KafkaError } from './error-code.ts';

/** What one attempt to write a batch came to. */
export type Attempt =
  /** All in-sync replicas hold it. `timestamp` is the broker's where the topic keeps append times, -1 elsewhere. */
  | { readonly type: 'stored'; readonly baseOffset: bigint; readonly timestamp: number; readonly leaderEpoch: number }
  /** Surely not stored by this attempt; another may succeed. */
  | { readonly type: 'refused'; readonly reason: string }
  /** Surely not stored by this attempt, and the same batch never will be. */
  | { readonly type: 'rejected'; readonly reason: string }
  /** As `refused`, but the broker no longer knows the producer's place: only a new producer can go on. */
  | { readonly type: 'producer-lost'; readonly reason: string }
  /** May or may not be stored. */
  | { readonly type: 'unclear'; readonly reason: string };

/** Checked before the leader appends anything. */
const REFUSED: ReadonlySet<number> = new Set([
  KafkaError.CORRUPT_MESSAGE,
  KafkaError.NOT_ENOUGH_REPLICAS,
  KafkaError.TOPIC_AUTHORIZATION_FAILED,
  KafkaError.CLUSTER_AUTHORIZATION_FAILED,
]);

const REJECTED: ReadonlySet<number> = new Set([
  KafkaError.MESSAGE_TOO_LARGE,
  KafkaError.RECORD_LIST_TOO_LARGE,
  KafkaError.INVALID_TOPIC_EXCEPTION,
  KafkaError.INVALID_TIMESTAMP,
  KafkaError.UNSUPPORTED_FOR_MESSAGE_FORMAT,
  KafkaError.POLICY_VIOLATION,
  KafkaError.INVALID_RECORD,
]);

const PRODUCER_LOST: ReadonlySet<number> = new Set([
  KafkaError.OUT_OF_ORDER_SEQUENCE_NUMBER,
  KafkaError.INVALID_PRODUCER_EPOCH,
  KafkaError.INVALID_PRODUCER_ID_MAPPING,
  KafkaError.UNKNOWN_PRODUCER_ID,
]);

/**
 * Classifies a produce answer's error code (F12). Everything that is not known to come before the append is unclear, also
 * NOT_LEADER_OR_FOLLOWER (6) and UNKNOWN_TOPIC_OR_PARTITION (3): with acks=all the broker gives them too when it loses the partition
 * while it waits for its replicas, and by then it has appended. So are 7 and 20.
 */
export function failedAttempt(code: number, detail: string): Exclude<Attempt, { readonly type: 'stored' }> {
  const reason = `Kafka answered ${errorName(code)}${detail === '' ? '' : `: ${detail}`}`;
  if (REFUSED.has(code)) return { type: 'refused', reason };
  if (REJECTED.has(code)) return { type: 'rejected', reason };
  if (PRODUCER_LOST.has(code)) return { type: 'producer-lost', reason };
  return { type: 'unclear', reason };
}
