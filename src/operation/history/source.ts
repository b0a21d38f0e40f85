import type { GraphQLNamedOutputType } from 'graphql';
import type { Expired, History, Unavailable } from '../../broker/history.ts';
import type { Stream } from '../../broker/stream.ts';
import { BrokerFailure } from '../../error/broker-failure.ts';
import type { CursorScope } from '../../routing/cursor.ts';
import type { TopicInstance } from '../../routing/topic.ts';

/** What one page is read from. */
export interface HistorySource {
  readonly history: History;
  readonly stream: Stream;
  /** The instance whose events are wanted; undefined for those of every instance. */
  readonly instance: TopicInstance | undefined;
  readonly eventType: GraphQLNamedOutputType;
  readonly scope: CursorScope;
}

/** A place of the page cannot be read from. Caught by {@link HistoryQueries}, which tries again or answers CURSOR_EXPIRED. */
export class HistoryExpired extends Error {
  override readonly name = 'HistoryExpired';
  readonly expired: Expired;

  constructor(expired: Expired) {
    super(`The history cannot be read from there: ${expired.reason}.`);
    this.expired = expired;
  }
}

/** What the broker answered; throws HistoryExpired, or BrokerFailure when it could not be asked. */
export function answered<Answer extends { readonly type: string }>(answer: Answer | Expired | Unavailable): Answer {
  if (isExpired(answer)) throw new HistoryExpired(answer);
  if (isUnavailable(answer)) throw new BrokerFailure('read unavailable', answer.reason);
  return answer;
}

function isExpired(answer: { readonly type: string }): answer is Expired {
  return answer.type === 'expired';
}

function isUnavailable(answer: { readonly type: string }): answer is Unavailable {
  return answer.type === 'unavailable';
}
