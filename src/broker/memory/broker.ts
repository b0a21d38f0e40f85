import type { Topic, TopicInstance } from '../../routing/topic.ts';
import type { BrokerEnvironment } from '../environment.ts';
import { Lifecycle } from '../lifecycle.ts';
import { instanceStreamId, localStream, topicStreamId } from '../local/stream.ts';
import { CLOSED_TAIL, LocalTails } from '../local/tails.ts';
import type { PublishOutcome } from '../outcome.ts';
import type { Broker, BrokerStatus, Capabilities, OpenReport, PublishRequest, Tail, TailSink } from '../port.ts';
import type { BrokerRecord } from '../record.ts';
import { StatusHolder } from '../status.ts';
import type { Stream } from '../stream.ts';

const CLOSED: PublishOutcome = { type: 'unavailable', reason: 'The in-memory broker is closed.' };
const NOT_OPEN: PublishOutcome = { type: 'unavailable', reason: 'The in-memory broker is not open yet.' };

/**
 * EPHEMERAL within one process: at most once, and nothing is kept.
 *
 * A record reaches the tails one microtask after `publish` was called: never inside the caller's stack, in call order,
 * and before the acknowledgement. So nothing waits here beyond the turn in which it was published, and no queue needs a bound.
 */
class MemoryBroker implements Broker {
  readonly name = 'memory';
  readonly capabilities: Capabilities = { deliveries: ['EPHEMERAL'], embedded: true };
  readonly history: undefined;
  readonly #environment: BrokerEnvironment;
  readonly #status: StatusHolder;
  readonly #tails = new LocalTails();
  readonly #lifecycle: Lifecycle;
  #open = false;

  constructor(environment: BrokerEnvironment) {
    this.#environment = environment;
    this.#status = new StatusHolder(environment.clock, 'not open yet');
    this.#lifecycle = new Lifecycle({ open: () => this.#opened(), close: () => this.#closed() });
  }

  open(): Promise<OpenReport> {
    return this.#lifecycle.open();
  }

  status(): BrokerStatus {
    return this.#status.get();
  }

  onStatus(listener: (status: BrokerStatus) => void): () => void {
    return this.#status.onStatus(listener);
  }

  stream(topic: Topic, instance: TopicInstance | undefined): Stream {
    return localStream(topic, instance);
  }

  tail(stream: Stream, sink: TailSink): Tail {
    if (this.#lifecycle.closed) return CLOSED_TAIL;
    const tail = this.#tails.open(stream, sink);
    tail.confirm();
    return tail;
  }

  async publish(request: PublishRequest): Promise<PublishOutcome> {
    if (this.#lifecycle.closed) return CLOSED;
    if (!this.#open) return NOT_OPEN;
    const value = Buffer.from(request.value);
    await undefined;
    // Closed in the meantime: no tail has seen it.
    if (this.#lifecycle.closed) return CLOSED;
    const timestamp = this.#environment.clock.now();
    this.#environment.onBytes('out', value.byteLength);
    const record: BrokerRecord = {
      instance: request.instance,
      key: request.key === undefined ? undefined : Buffer.from(request.key),
      value,
      position: undefined,
      timestamp,
    };
    const handed =
      this.#tails.hand(instanceStreamId(request.instance), record) +
      this.#tails.hand(topicStreamId(request.topic.name), record);
    if (handed > 0) this.#environment.onBytes('in', value.byteLength * handed);
    return { type: 'acknowledged', publishedAt: timestamp, position: undefined };
  }

  /** Any topic has a place here. */
  learn(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  tailCount(): number {
    return this.#tails.count;
  }

  close(deadlineMs?: number): Promise<void> {
    return this.#lifecycle.close(deadlineMs);
  }

  async #opened(): Promise<OpenReport> {
    this.#open = true;
    this.#status.up();
    return { contacted: true, problems: [] };
  }

  async #closed(): Promise<void> {
    this.#tails.closeAll();
    this.#status.down('closed');
  }
}

/** See `MemoryBroker` above: EPHEMERAL within this process. */
export function createMemoryBroker(environment: BrokerEnvironment): Broker {
  return new MemoryBroker(environment);
}
