import { compareEntryIds } from '../../routing/position.ts';
import type { TopicInstance } from '../../routing/topic.ts';
import type { Tail, TailEndReason, TailSink } from '../port.ts';
import type { Stream } from '../stream.ts';
import { ordinalsForwards, recordOf } from './entry-records.ts';
import type { PushMessage } from './push-message.ts';
import type { Page, RawEntry } from './read-script.ts';
import type { StreamKeys } from './stream-keys.ts';
import { type EntryPlace, latestPlace, positionAt, type StreamState, whyExpired } from './stream-state.ts';

/** What to do after a push: nothing, or look into the stream itself. */
export type PushVerdict = 'settled' | 'look';

/**
 * The place of one tail in its stream and the only way to its sink. Whatever source an entry comes from, push or page,
 * it passes here once and in order: the id decides. It ends where its stream was lost under it.
 */
export class StreamTail implements Tail {
  readonly stream: Stream;
  readonly keys: StreamKeys;
  /** Do others write to the stream too, so that it has to be polled? */
  readonly polled: boolean;
  readonly attached: Promise<void>;
  /** Is a page of this tail on its way? */
  reading = false;
  /** Something came while that page was on its way: look again. */
  again = false;
  /** Redis cannot read the key as a stream, or refuses to; people have been told. */
  faulty = false;
  readonly #instance: TopicInstance;
  readonly #sink: TailSink;
  readonly #onBytes: (bytes: number) => void;
  readonly #onClose: (tail: StreamTail) => void;
  readonly #resolve: () => void;
  #epoch = '';
  #place: EntryPlace | undefined;
  #subscribed = false;
  #closed = false;

  constructor(
    stream: Stream,
    instance: TopicInstance,
    keys: StreamKeys,
    sink: TailSink,
    onBytes: (bytes: number) => void,
    onClose: (tail: StreamTail) => void,
  ) {
    const { policy } = stream.topic;
    this.stream = stream;
    this.#instance = instance;
    this.keys = keys;
    this.polled = policy.delivery !== 'BUFFERED' || policy.foreignWriters;
    this.#sink = sink;
    this.#onBytes = onBytes;
    this.#onClose = onClose;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.attached = promise;
    this.#resolve = resolve;
  }

  /** Of the stream. */
  get key(): string {
    return this.keys.stream;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The last entry that was delivered, or where the tail began; undefined until Redis has said where that is. */
  get place(): EntryPlace | undefined {
    return this.#place;
  }

  /** Pushes arrive from now on. */
  subscribed(): void {
    this.#subscribed = true;
    if (this.#place !== undefined) this.#resolve();
  }

  /** Redis has said how far the stream is: all behind that is new. */
  begin(state: StreamState): void {
    if (this.#closed || this.#place !== undefined) return;
    this.#epoch = state.epoch;
    this.#place = latestPlace(state);
    this.#sink.positioned(positionAt(state, this.#place));
    if (this.#subscribed) this.#resolve();
  }

  /** What was found behind `asked`, where the tail stood when it asked. */
  accept(page: Page, asked: EntryPlace): void {
    if (this.#closed) return;
    const reason = whyExpired(page.state, this.#epoch, asked, page.exists);
    if (reason !== undefined) {
      // Pushes may have carried it on without a hole meanwhile: then the question is asked again from there.
      if (reason !== 'recreated' && this.#place !== asked) this.again = true;
      else this.#end(reason);
      return;
    }
    const ordinals = ordinalsForwards(page, asked);
    for (const [at, entry] of page.entries.entries()) {
      if (this.#closed) return;
      if (this.#place !== undefined && compareEntryIds(entry.id, this.#place.id) <= 0) continue;
      this.#deliver(entry, ordinals[at] ?? 0);
    }
    if (page.beyond === undefined) this.#stepOver(page.state);
  }

  push({ epoch, previous, id, ordinal, data, traceparent }: PushMessage): PushVerdict {
    const place = this.#place;
    // Another epoch: whether the push is older than the tail or the stream is another one, the stream itself will tell.
    if (place === undefined || epoch !== this.#epoch) return 'look';
    if (compareEntryIds(id, place.id) <= 0) return 'settled';
    if (previous !== place.id || data === undefined) return 'look';
    this.#deliver({ id, data, ...(traceparent === undefined ? {} : { traceparent }) }, ordinal);
    return 'settled';
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#resolve();
    this.#onClose(this);
  }

  #end(reason: TailEndReason): void {
    this.close();
    this.#sink.ended(reason);
  }

  /** What stands between the last entry that is kept and the last id was taken by XDEL. */
  #stepOver(state: StreamState): void {
    if (this.#closed || this.#place === undefined || compareEntryIds(state.last, this.#place.id) <= 0) return;
    this.#place = latestPlace(state);
    this.#sink.advanced(0, this.#place);
  }

  #deliver(entry: RawEntry, ordinal: number): void {
    this.#place = { type: 'redis-stream', id: entry.id, ordinal };
    this.#onBytes(entry.data.length);
    this.#sink.record(recordOf(this.#instance, this.#epoch, entry, ordinal));
  }
}
