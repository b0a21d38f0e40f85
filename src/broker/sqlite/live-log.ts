import type { TopicName } from '../../routing/topic.ts';
import { instanceStreamId, topicStreamId } from '../local/stream.ts';
import { LocalTails } from '../local/tails.ts';
import type { BrokerRecord, Position } from '../record.ts';
import type { LoggedEvent, NewEvent } from './messages.ts';

/** The end of the log as the tails see it: what was committed, in the order of its sequence. */
export class LiveLog {
  readonly tails: LocalTails = new LocalTails();
  readonly #onBytes: (bytes: number) => void;
  #epochs: ReadonlyMap<TopicName, string> = new Map();

  /** `onBytes` hears the bytes of values handed to tails. */
  constructor(onBytes: (bytes: number) => void) {
    this.#onBytes = onBytes;
  }

  /** The file was opened. Ends all tails when it is not the one that they were on: someone took it away under a running gateway. */
  opened(epochs: ReadonlyMap<TopicName, string>): void {
    if ([...this.#epochs].some(([topic, epoch]) => epochs.get(topic) !== epoch)) this.tails.endAll('recreated');
    this.#epochs = epochs;
  }

  position(topic: TopicName, sequence: number): Position {
    return { type: 'log', epoch: this.#epochs.get(topic) ?? '', sequence };
  }

  /** Hands a committed event to the tails of its instance and of its whole topic. */
  hand({ topic, instance, key, value, timestamp }: NewEvent | LoggedEvent, sequence: number): void {
    const [one, all] = [instanceStreamId(instance), topicStreamId(topic)];
    if (!this.tails.has(one) && !this.tails.has(all)) return;
    const bytes = Buffer.from(value);
    const record: BrokerRecord = {
      instance,
      key: key === undefined ? undefined : Buffer.from(key),
      value: bytes,
      position: this.position(topic, sequence),
      timestamp,
    };
    this.#onBytes(bytes.byteLength * (this.tails.hand(one, record) + this.tails.hand(all, record)));
  }
}
