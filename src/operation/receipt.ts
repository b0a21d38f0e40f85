import type { Position } from '../broker/record.ts';
import type { OperationError } from '../error/operation-error.ts';
import { CursorScope } from '../routing/cursor.ts';
import type { StreamPosition } from '../routing/position.ts';
import type { Topic, TopicInstance } from '../routing/topic.ts';

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
  /** Made only when it is asked for. */
  readonly cursor: () => string | null;
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
export function receiptOf(
  topic: Topic,
  instance: TopicInstance,
  publishedAt: number,
  position: Position | undefined,
): PublishReceipt {
  const place = placeOf(position);
  return {
    __typename: 'PublishReceipt',
    topic: topic.name,
    delivery: topic.policy.delivery,
    publishedAt,
    partition: place.partition,
    offset: place.offset,
    streamId: place.streamId,
    cursor: () => cursorAfter(topic, instance, position),
  };
}

type Place = Pick<PublishReceipt, 'partition' | 'offset' | 'streamId'>;

const NO_PLACE: Place = { partition: null, offset: null, streamId: null };

function placeOf(position: Position | undefined): Place {
  switch (position?.type) {
    case undefined:
      return NO_PLACE;
    case 'kafka':
      return { partition: position.partition, offset: position.offset, streamId: null };
    case 'redis-stream':
      return { partition: null, offset: null, streamId: position.id };
    case 'log':
      return { partition: null, offset: BigInt(position.sequence), streamId: null };
    default:
      throw position satisfies never;
  }
}

/**
 * The cursor right after a published event, for its own instance. Null where the position does not tell the place on all partitions:
 * nothing is kept, the stream's epoch or count is not known, or it is Kafka, where a receipt knows one partition and a cursor that
 * guessed the others would skip or repeat events.
 */
function cursorAfter(topic: Topic, instance: TopicInstance, position: Position | undefined): string | null {
  const place = placeAfter(position);
  return place === undefined ? null : new CursorScope(topic.name, instance).encode(place);
}

function placeAfter(position: Position | undefined): StreamPosition | undefined {
  switch (position?.type) {
    case undefined:
    case 'kafka':
      return undefined;
    case 'redis-stream': {
      const { epoch, id, ordinal } = position;
      return epoch === '' || ordinal === 0
        ? undefined
        : { log: epoch, partitions: [{ type: 'redis-stream', id, ordinal }] };
    }
    case 'log':
      return { log: position.epoch, partitions: [{ type: 'log', sequence: position.sequence }] };
    default:
      throw position satisfies never;
  }
}

export function failureOf(error: OperationError, path: readonly (string | number)[]): PublishFailure {
  return { __typename: 'PublishFailure', code: error.code, message: error.message, path: path.map(String) };
}
