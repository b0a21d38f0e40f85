import type { Tail, TailEndReason, TailSink } from '../port.ts';
import type { BrokerRecord } from '../record.ts';
import type { Stream, StreamId } from '../stream.ts';

/** One open tail. `attached` settles when its broker confirms it, or when it is closed. */
export class LocalTail implements Tail {
  readonly attached: Promise<void>;
  /** Idempotent. */
  readonly confirm: () => void;
  readonly #onClose: (tail: LocalTail) => void;
  readonly stream: Stream;
  readonly sink: TailSink;
  closed = false;

  constructor(stream: Stream, sink: TailSink, onClose: (tail: LocalTail) => void) {
    this.stream = stream;
    this.sink = sink;
    this.#onClose = onClose;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.attached = promise;
    this.confirm = resolve;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#onClose(this);
    this.confirm();
  }
}

/** What a closed broker gives for a tail: its sink hears nothing. */
export const CLOSED_TAIL: Tail = { attached: Promise.resolve(), close() {} };

/**
 * The open tails of a broker that hands records on in this process. Lists are replaced, never changed,
 * so that a sink may open and close tails while a record goes round: a tail opened then does not get that record.
 */
export class LocalTails {
  readonly #byStream = new Map<StreamId, readonly LocalTail[]>();
  readonly #onUnheard: (id: StreamId) => void;
  #count = 0;

  /** `onUnheard` is told when the last tail of a stream is closed. */
  constructor(onUnheard: (id: StreamId) => void = () => {}) {
    this.#onUnheard = onUnheard;
  }

  get count(): number {
    return this.#count;
  }

  /** The tail hears records from now on; `confirm` is the caller's. */
  open(stream: Stream, sink: TailSink): LocalTail {
    const tail = new LocalTail(stream, sink, (closed) => this.#remove(closed));
    this.#byStream.set(stream.id, [...(this.#byStream.get(stream.id) ?? []), tail]);
    this.#count++;
    return tail;
  }

  /** Is anyone there to hear a record of this stream? */
  has(id: StreamId): boolean {
    return this.#byStream.has(id);
  }

  /** Hands a record to every open tail of the stream, and returns how many there were. */
  hand(id: StreamId, record: BrokerRecord): number {
    const tails = this.#byStream.get(id);
    if (tails === undefined) return 0;
    let handed = 0;
    for (const tail of tails) {
      if (tail.closed) continue;
      tail.sink.record(record);
      handed++;
    }
    return handed;
  }

  /** Closes every tail and tells it why its log is gone. */
  endAll(reason: TailEndReason): void {
    this.each((tail) => {
      tail.close();
      tail.sink.ended(reason);
    });
  }

  closeAll(): void {
    this.each((tail) => tail.close());
  }

  /** Calls back with every tail that is open now and is still open at its turn. */
  each(callback: (tail: LocalTail) => void): void {
    for (const tail of [...this.#byStream.values()].flat()) if (!tail.closed) callback(tail);
  }

  #remove(closed: LocalTail): void {
    const { id } = closed.stream;
    const rest = (this.#byStream.get(id) ?? []).filter((tail) => tail !== closed);
    this.#count--;
    if (rest.length > 0) {
      this.#byStream.set(id, rest);
      return;
    }
    this.#byStream.delete(id);
    this.#onUnheard(id);
  }
}
