import type { Topic, TopicInstance } from '../routing/topic.ts';

/** Identifies one stream of one broker: equal ids are one tail. Unique within a broker. */
export type StreamId = string & { readonly __brand: 'StreamId' };

/** What one tail reads: a channel, a pattern, a stream key, a Kafka topic or one partition of it. */
export interface Stream {
  readonly id: StreamId;
  readonly topic: Topic;
  /** The one instance whose records it carries; undefined when it carries several, so that the hub sorts them by value and key. */
  readonly instance: TopicInstance | undefined;
  /**
   * With `placement: KEY` on Kafka, the one partition to read. The positions of such a stream have one element, and everything that
   * takes or gives an index into them says 0, while its records' positions carry this number.
   */
  readonly partition?: number;
}
