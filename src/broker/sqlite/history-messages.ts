import type { TopicInstance, TopicName } from '../../routing/topic.ts';
import type { ExpiryReason, StartingPoint } from '../history.ts';

/** What is read: one instance, or the whole log of a topic. */
export interface LogStream {
  readonly topic: TopicName;
  readonly instance: TopicInstance | undefined;
}

/** A place as a question names it. */
export interface LogPlace {
  readonly log: string;
  /** -1 for what is no place of any log. */
  readonly sequence: number;
}

/** What the gateway asks the worker about what is kept. */
export type HistoryQuestion = { readonly stream: LogStream } & (
  | { readonly type: 'locate'; readonly start: StartingPoint }
  | { readonly type: 'resume'; readonly place: LogPlace }
  | {
      readonly type: 'read';
      readonly place: LogPlace;
      readonly direction: 'forwards' | 'backwards';
      readonly maxRecords: number;
      readonly maxBytes: number;
    }
);

/** One record of a chunk, without its value. */
export interface StoredRecord {
  readonly sequence: number;
  readonly instance: TopicInstance;
  readonly key: string | undefined;
  readonly timestamp: number;
  /** Of the value. */
  readonly bytes: number;
}

export type HistoryAnswer =
  /** `atEnd`: no record of the stream stands behind it. */
  | { readonly type: 'located'; readonly place: LogPlace; readonly atEnd: boolean }
  | { readonly type: 'valid' }
  | { readonly type: 'expired'; readonly reason: ExpiryReason; readonly oldest: LogPlace }
  | {
      readonly type: 'chunk';
      /** In log order. */
      readonly records: readonly StoredRecord[];
      /** Their values, one after the other. Transferred. */
      readonly bytes: ArrayBuffer;
      readonly next: number;
      readonly atEnd: boolean;
    }
  | { readonly type: 'unavailable'; readonly reason: string };
