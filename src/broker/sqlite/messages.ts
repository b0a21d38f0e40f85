import type { TopicInstance, TopicName } from '../../routing/topic.ts';
import type { HistoryAnswer, HistoryQuestion } from './history-messages.ts';

/** What the worker has to know of a topic whose log it keeps. */
export interface LogTopic {
  readonly name: TopicName;
  /** Milliseconds; undefined: for ever. */
  readonly retentionMs: number | undefined;
  /** Of each instance; undefined: all. */
  readonly maxEvents: number | undefined;
}

/** One event to append. Texts, for a small buffer is cloned together with its whole pool. */
export interface NewEvent {
  readonly topic: TopicName;
  readonly instance: TopicInstance;
  readonly key: string | undefined;
  /** JSON text. */
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** JSON object of CloudEvents attributes; undefined when there are none. */
  readonly attributes: string | undefined;
}

/** One event that is in the log. */
export interface LoggedEvent {
  readonly topic: TopicName;
  readonly instance: TopicInstance;
  readonly key: string | undefined;
  readonly value: Uint8Array;
  readonly timestamp: number;
  readonly sequence: number;
}

/** What the worker is started with. */
export interface WorkerTask {
  readonly folder: string;
  readonly maxFileBytes: number | undefined;
  readonly topics: readonly LogTopic[];
  /** Milliseconds since the epoch, for what is made at the start. */
  readonly now: number;
  /** The last sequence that the gateway knows: a worker that replaces a dead one reports what was committed after it. */
  readonly after: number | undefined;
}

/** From the gateway to the worker. Answered in order; a worker that dies answers no more. */
export type ToWorker =
  | { readonly type: 'append'; readonly events: readonly NewEvent[] }
  /** Remove one slice of what retention lets go. `now` in milliseconds since the epoch. */
  | { readonly type: 'trim'; readonly now: number }
  /** Try whether the disk takes a write. */
  | { readonly type: 'probe' }
  /** One at a time: the next is sent when this one is answered, so that a publish waits for one of them at most. */
  | { readonly type: 'ask'; readonly question: HistoryQuestion }
  | { readonly type: 'close' };

export type FromWorker =
  | {
      readonly type: 'opened';
      readonly epochs: ReadonlyMap<TopicName, string>;
      /** The highest sequence ever given; 0 when none was. */
      readonly last: number;
      /** What `WorkerTask.after` asked for, in order: at most the one batch whose answer was lost. */
      readonly missed: readonly LoggedEvent[];
    }
  /** A mistake in the settings. The worker ends. */
  | { readonly type: 'refused'; readonly problem: string; readonly fix: string }
  /** The file cannot be opened now (disk full, an input error); worth another try. The worker ends. */
  | { readonly type: 'unopened'; readonly reason: string }
  /** Committed and synced. `first` is the sequence of the first event; the others follow without a hole. */
  | { readonly type: 'appended'; readonly first: number }
  /** Not committed: nothing of it is in the log. */
  | { readonly type: 'refused-append'; readonly reason: string }
  /** The commit failed half-way: it may be in the log. The worker ends, and the next one finds out. */
  | { readonly type: 'unclear-append'; readonly reason: string }
  /** `more`: there may be more to remove. */
  | { readonly type: 'trimmed'; readonly removed: number; readonly more: boolean }
  | { readonly type: 'answer'; readonly answer: HistoryAnswer }
  /** `failure` undefined: the disk takes writes. */
  | { readonly type: 'probed'; readonly failure: string | undefined };
