import type { Position } from '../broker/record.ts';
import type { OperationError } from '../error/operation-error.ts';
import type { Topic } from '../routing/topic.ts';

/** The GraphQL object `PublishReceipt`, as a root value. */
export interface PublishReceipt {
  readonly __typename: 'PublishReceipt';
  readonly topic: string;
  readonly delivery: string;
  /** Milliseconds since the epoch: the broker's own time where it gives one. */
  readonly publishedAt: number;
  readonly partition: number | null;
  readonly offset: bigint | null;
  readonly streamId: string | null;
}

/** The GraphQL object `PublishFailure`, as a root value: one event of a batch that got no receipt. */
export interface PublishFailure {
  readonly __typename: 'PublishFailure';
  readonly code: string;
  readonly message: string;
  /** Path of the event in the request. */
  readonly path: readonly string[];
}

/** Tells where an acknowledged event stands, in the terms of the kind of log that keeps it. */
export function receiptOf(topic: Topic, publishedAt: number, position: Position | undefined): PublishReceipt {
  const receipt = {
    __typename: 'PublishReceipt',
    topic: topic.name,
    delivery: topic.policy.delivery,
    publishedAt,
    partition: null,
    offset: null,
    streamId: null,
  } as const;
  switch (position?.type) {
    case undefined:
      return receipt;
    case 'kafka':
      return { ...receipt, partition: position.partition, offset: position.offset };
    case 'redis-stream':
      return { ...receipt, streamId: position.id };
    case 'log':
      return { ...receipt, offset: BigInt(position.sequence) };
    default:
      throw position satisfies never;
  }
}

export function failureOf(error: OperationError, path: readonly (string | number)[]): PublishFailure {
  return { __typename: 'PublishFailure', code: error.code, message: error.message, path: path.map(String) };
}
