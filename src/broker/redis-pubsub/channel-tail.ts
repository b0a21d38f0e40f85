import type { Tail, TailSink } from '../port.ts';
import type { BrokerRecord } from '../record.ts';
import type { Stream } from '../stream.ts';

/** One tail of a channel or pattern, and what it still has to be told about a loss. */
export class ChannelTail implements Tail {
  readonly stream: Stream;
  readonly attached: Promise<void>;
  readonly #sink: TailSink;
  readonly #onClose: (tail: ChannelTail) => void;
  readonly #resolve: () => void;
  #attachedOnce = false;
  #lostSince: number | undefined;
  #closed = false;

  constructor(stream: Stream, sink: TailSink, onClose: (tail: ChannelTail) => void) {
    this.stream = stream;
    this.#sink = sink;
    this.#onClose = onClose;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.attached = promise;
    this.#resolve = resolve;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Redis confirmed the subscription, for the first time or again. */
  confirm(): void {
    if (this.#closed) return;
    this.#attachedOnce = true;
    this.#resolve();
    this.#reportGap();
  }

  /** The link is gone. Of several losses before the next confirmation the first moment counts. */
  lose(since: number): void {
    if (this.#attachedOnce) this.#lostSince ??= since;
  }

  hand(record: BrokerRecord): void {
    if (this.#closed) return;
    // A message can overtake the promise of its own confirmation; the gap belongs before it.
    if (this.#lostSince !== undefined) this.#reportGap();
    if (!this.#closed) this.#sink.record(record);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#resolve();
    this.#onClose(this);
  }

  #reportGap(): void {
    const since = this.#lostSince;
    if (since === undefined) return;
    this.#lostSince = undefined;
    this.#sink.gap({ reason: 'link_lost', since });
  }
}
