import type { TopicName } from '../../routing/topic.ts';
import { instanceStreamId, topicStreamId } from '../local/stream.ts';
import { type LocalTail, LocalTails } from '../local/tails.ts';
import type { Tail, TailSink } from '../port.ts';
import type { BrokerRecord, Position } from '../record.ts';
import type { Stream, StreamId } from '../stream.ts';
import type { LoggedEvent, NewEvent } from './messages.ts';

/** The end of the log as the tails see it: what was committed, in the order of its sequence. */
export class LiveLog {
  readonly #tails: LocalTails = new LocalTails((id) => this.#heads.delete(id));
  /** Where the tails of a stream stand: behind the last record handed to them, or where the newest of them began. */
  readonly #heads = new Map<StreamId, number>();
  readonly #onBytes: (bytes: number) => void;
  #epochs: ReadonlyMap<TopicName, string> = new Map();
  #last: number | undefined;

  /** `onBytes` hears the bytes of values handed to tails. */
  constructor(onBytes: (bytes: number) => void) {
    this.#onBytes = onBytes;
  }

  /** The last sequence that was handed on; undefined before the log was opened. */
  get last(): number | undefined {
    return this.#last;
  }

  get tailCount(): number {
    return this.#tails.count;
  }

  /** Where the tails of a stream stand; undefined when it has none. */
  head(id: StreamId): number | undefined {
    return this.#heads.get(id);
  }

  /** Begins behind the last record that was handed on; before the log was opened, when it is. */
  tail(stream: Stream, sink: TailSink): Tail {
    const tail = this.#tails.open(stream, sink);
    if (this.#last !== undefined) this.#begin(tail, this.#last);
    return tail;
  }

  /**
   * The file was opened; `last` is its last sequence and `missed` what was committed after {@link last}, by a worker that died before
   * it could say so. Ends all tails when the file is not the one that they were on: someone took it away under a running gateway.
   */
  opened(epochs: ReadonlyMap<TopicName, string>, last: number, missed: readonly LoggedEvent[]): void {
    const first = this.#last === undefined;
    const recreated = [...this.#epochs].some(([topic, epoch]) => epochs.get(topic) !== epoch);
    this.#epochs = epochs;
    if (recreated) {
      this.#last = last;
      this.#tails.endAll('recreated');
      return;
    }
    for (const event of missed) this.hand(event, event.sequence);
    this.#last = last;
    if (first) this.#tails.each((tail) => this.#begin(tail, last));
  }

  position(topic: TopicName, sequence: number): Position {
    return { type: 'log', epoch: this.#epoch(topic), sequence };
  }

  /** Hands a committed event to the tails of its instance and of its whole topic. */
  hand({ topic, instance, key, value, timestamp }: NewEvent | LoggedEvent, sequence: number): void {
    this.#last = sequence;
    const heard = [instanceStreamId(instance), topicStreamId(topic)].filter((id) => this.#tails.has(id));
    if (heard.length === 0) return;
    const bytes = Buffer.from(value);
    const record: BrokerRecord = {
      instance,
      key: key === undefined ? undefined : Buffer.from(key),
      value: bytes,
      position: this.position(topic, sequence),
      timestamp,
    };
    // Before it is handed: a sink may close the last tail of its stream.
    for (const id of heard) this.#heads.set(id, sequence);
    for (const id of heard) this.#onBytes(bytes.byteLength * this.#tails.hand(id, record));
  }

  closeAll(): void {
    this.#tails.closeAll();
  }

  #begin(tail: LocalTail, sequence: number): void {
    const { id, topic } = tail.stream;
    this.#heads.set(id, sequence);
    tail.sink.positioned({ log: this.#epoch(topic.name), partitions: [{ type: 'log', sequence }] });
    tail.confirm();
  }

  #epoch(topic: TopicName): string {
    return this.#epochs.get(topic) ?? '';
  }
}
