import type { Stream, StreamId, Tail, TailEndReason, TailSink } from '../port.ts';
import type { BrokerRecord } from '../record.ts';

class LocalTail implements Tail {
  readonly attached: Promise<void> = Promise.resolve();
  readonly #onClose: (tail: LocalTail) => void;
  readonly stream: Stream;
  readonly sink: TailSink;
  closed = false;

  constructor(stream: Stream, sink: TailSink, onClose: (tail: LocalTail) => void) {
    this.stream = stream;
    this.sink = sink;
    this.#onClose = onClose;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#onClose(this);
  }
}

/**
 * The open tails of a broker that hands records on in this process. Lists are replaced, never changed,
 * so that a sink may open and close tails while a record goes round: a tail opened then does not get that record.
 */
export class LocalTails {
  readonly #byStream = new Map<StreamId, readonly LocalTail[]>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  open(stream: Stream, sink: TailSink): Tail {
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
    for (const tail of this.#all()) {
      if (tail.closed) continue;
      tail.close();
      tail.sink.ended(reason);
    }
  }

  closeAll(): void {
    for (const tail of this.#all()) tail.close();
  }

  #all(): LocalTail[] {
    return [...this.#byStream.values()].flat();
  }

  #remove(closed: LocalTail): void {
    const { id } = closed.stream;
    const rest = (this.#byStream.get(id) ?? []).filter((tail) => tail !== closed);
    if (rest.length === 0) this.#byStream.delete(id);
    else this.#byStream.set(id, rest);
    this.#count--;
  }
}
