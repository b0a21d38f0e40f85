import type { TopicInstance } from '../../routing/topic.ts';
import type { Stream, Tail, TailSink } from '../port.ts';
import { BEFORE_ALL, compareEntryIds, entryTime } from './entry-id.ts';
import type { PushMessage } from './push-message.ts';

/** One entry as XRANGE and XREAD give it: id, then field, value, field, value. */
export type RawEntry = readonly [id: Buffer, fields: readonly Buffer[]];

const NO_BODY = Buffer.alloc(0);

/** What to do after a push: nothing, read the hole before it, or look whether the stream is still the one that the tail knows. */
export type PushVerdict = 'settled' | 'hole' | 'suspect';

/**
 * The position of one tail in its stream and the only way to its sink. Whatever source an entry comes from, push, poll or page,
 * it passes here once and in order: the id decides.
 */
export class StreamTail implements Tail {
  readonly stream: Stream;
  /** Stream key. */
  readonly key: TopicInstance;
  readonly attached: Promise<void>;
  /** Is a page of this tail on its way? */
  reading = false;
  /** Something came while that page was on its way, or before the tail had its anchor: look again. */
  again = false;
  /** Is a question for the stream's last id on its way? */
  asking = false;
  /** Has the link been new since the stream was last looked at? */
  unverified = true;
  /** Redis cannot read the key as a stream, or refuses to; people have been told. */
  faulty = false;
  /** Entries to ask for in the next page. */
  pageSize = 8;
  readonly #sink: TailSink;
  readonly #onBytes: (bytes: number) => void;
  readonly #onClose: (tail: StreamTail) => void;
  readonly #resolve: () => void;
  #lastId: string | undefined;
  #generation = 0;
  #subscribed = false;
  #closed = false;

  constructor(
    stream: Stream,
    key: TopicInstance,
    sink: TailSink,
    onBytes: (bytes: number) => void,
    onClose: (tail: StreamTail) => void,
  ) {
    this.stream = stream;
    this.key = key;
    this.#sink = sink;
    this.#onBytes = onBytes;
    this.#onClose = onClose;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.attached = promise;
    this.#resolve = resolve;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The last entry that was delivered, or where the tail began; undefined until Redis has said where that is. */
  get lastId(): string | undefined {
    return this.#lastId;
  }

  /** Changes whenever the tail is set to another place: what was asked for before that is void. */
  get generation(): number {
    return this.#generation;
  }

  /** Pushes arrive from now on. */
  subscribed(): void {
    this.#subscribed = true;
    if (this.#lastId !== undefined) this.#resolve();
  }

  /** Everything behind this id is new; empty: the stream does not exist. */
  anchor(lastId: string): void {
    this.#lastId = lastId === '' ? BEFORE_ALL : lastId;
    this.#generation++;
    if (this.#subscribed) this.#resolve();
  }

  /** Delivers what is behind the last id. Gives the bytes of the bodies. */
  accept(entries: readonly RawEntry[]): number {
    let bytes = 0;
    for (const [rawId, fields] of entries) {
      if (this.#closed) break;
      const id = rawId.toString('latin1');
      const data = dataOf(fields);
      bytes += data.length;
      if (this.#lastId === undefined || compareEntryIds(id, this.#lastId) <= 0) continue;
      this.#deliver(id, data);
    }
    return bytes;
  }

  push({ previous, id, data }: PushMessage): PushVerdict {
    const last = this.#lastId;
    if (last === undefined) {
      this.again = true;
      return 'settled';
    }
    if (id === last) return 'settled';
    if (compareEntryIds(id, last) < 0) return 'suspect';
    if (previous !== last || data === undefined) return 'hole';
    this.#deliver(id, data);
    return 'settled';
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#resolve();
    this.#onClose(this);
  }

  #deliver(id: string, value: Buffer): void {
    this.#lastId = id;
    this.#onBytes(value.length);
    this.#sink.record({
      instance: this.key,
      key: undefined,
      value,
      position: { type: 'redis-stream', epoch: '', id, ordinal: 0 },
      timestamp: entryTime(id),
    });
  }
}

/** The JSON text of an entry. An entry without the field `data` is no event: the empty text lets the core say so (EVENT_INVALID). */
function dataOf(fields: readonly Buffer[]): Buffer {
  for (let at = 0; at + 1 < fields.length; at += 2) {
    if (fields[at]?.toString('latin1') === 'data') return fields[at + 1] ?? NO_BODY;
  }
  return NO_BODY;
}
