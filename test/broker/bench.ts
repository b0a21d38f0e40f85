import type { BrokerEnvironment } from '../../src/broker/environment.ts';
import type { PublishOutcome } from '../../src/broker/outcome.ts';
import type { Broker } from '../../src/broker/port.ts';
import type { BrokerRecord } from '../../src/broker/record.ts';
import type { Stream, StreamId } from '../../src/broker/stream.ts';
import type { Topic, TopicInstance } from '../../src/routing/topic.ts';
import { eventually } from '../support/eventually.ts';
import type { AdapterUnderTest, ContractTopics, RunningServer } from './adapter-under-test.ts';
import { Collector, text } from './collector.ts';
import { instanceOf, keyOf } from './topics.ts';

let names = 0;

/** What one rule works with: the running server of the row, and brokers that are closed when the rule is done. */
export class Bench {
  readonly adapter: AdapterUnderTest;
  readonly server: RunningServer;
  readonly #brokers: Broker[] = [];
  readonly #tails = new Map<Broker, Map<StreamId, Collector>>();

  /** How long a rule waits for what ought to come soon. */
  readonly patienceMs: number;

  constructor(adapter: AdapterUnderTest, server: RunningServer, patienceMs = 30_000) {
    this.adapter = adapter;
    this.server = server;
    this.patienceMs = patienceMs;
  }

  get topics(): ContractTopics {
    return this.adapter.topics;
  }

  /** Does the delivery keep what it acknowledged? */
  get replayable(): boolean {
    return this.adapter.delivery !== 'EPHEMERAL';
  }

  /** Waits for what ought to come soon. */
  async soon<T>(what: string, check: () => T | Promise<T>): Promise<NonNullable<T>> {
    return await eventually(check, { deadlineMs: this.patienceMs, what });
  }

  /** Closes every broker that the rule made. */
  async done(): Promise<void> {
    this.#tails.clear();
    await Promise.all(this.#brokers.splice(0).map((broker) => broker.close(2_000)));
  }

  /** A parameter value that nobody in this run used before. */
  unused(word: string): string {
    return `${word}-${++names}`;
  }

  /** An unused instance of the topic with one parameter. */
  instance(word: string, topic: Topic = this.topics.parameter): TopicInstance {
    return instanceOf(topic, this.unused(word));
  }

  /** A broker that is not open yet. */
  create(environment?: Partial<BrokerEnvironment>): Broker {
    return this.keep(this.server.create(environment));
  }

  /** Takes over a broker that the rule made elsewhere (through the proxy). */
  keep(broker: Broker): Broker {
    this.#brokers.push(broker);
    return broker;
  }

  /** An open broker. Fails when the server did not answer or something is to be mended. */
  async open(broker: Broker = this.create()): Promise<Broker> {
    const report = await broker.open();
    if (!report.contacted) throw new Error(`${broker.name} was not contacted: ${JSON.stringify(broker.status())}`);
    if (report.problems.length > 0) throw new Error(`${broker.name} reports problems: ${report.problems.join('; ')}`);
    return broker;
  }

  /**
   * A tail whose records are kept; not waited for. As the hub does, it keeps one tail per stream: where instances share
   * a stream (a Kafka topic), they share the collector, and `recordsOf` sorts them.
   */
  tail(broker: Broker, stream: Stream): Collector {
    const tails = this.#tails.get(broker) ?? new Map<StreamId, Collector>();
    this.#tails.set(broker, tails);
    const open = tails.get(stream.id);
    if (open !== undefined && !open.closed) return open;
    const collector = new Collector(this.patienceMs);
    tails.set(stream.id, collector);
    collector.tail = broker.tail(stream, collector);
    return collector;
  }

  /** A tail that the broker has confirmed. */
  async attached(broker: Broker, topic: Topic, instance: TopicInstance | undefined): Promise<Collector> {
    const collector = this.tail(broker, broker.stream(topic, instance));
    await within(collector.tail.attached, this.patienceMs, `the tail of ${instance ?? topic.name} to be attached`);
    return collector;
  }

  publish(broker: Broker, topic: Topic, instance: TopicInstance, value: string): Promise<PublishOutcome> {
    return broker.publish({ topic, instance, key: keyOf(topic, instance), value, attributes: new Map() });
  }

  /** Publishes and insists on the acknowledgement. */
  async publishSurely(broker: Broker, topic: Topic, instance: TopicInstance, value: string): Promise<void> {
    acknowledged(await this.publish(broker, topic, instance, value));
  }

  /** Tries until the broker acknowledges: for a broker that is on its way back. Returns the value that got through. */
  async publishEventually(broker: Broker, topic: Topic, instance: TopicInstance, word: string): Promise<string> {
    return await eventually(
      async () => {
        const value = JSON.stringify({ [word]: ++names });
        const outcome = await this.publish(broker, topic, instance, value);
        return outcome.type === 'acknowledged' ? value : undefined;
      },
      { deadlineMs: 60_000, what: `${broker.name} acknowledging again` },
    );
  }

  /**
   * The records of one instance that a tail saw, up to a marker that is published now. What is late or doubled
   * stands before the marker, for order is kept per instance.
   */
  async settled(broker: Broker, topic: Topic, instance: TopicInstance, collector: Collector): Promise<string[]> {
    const marker = await this.publishEventually(broker, topic, instance, 'marker');
    await collector.sees(marker);
    const seen = this.recordsOf(topic, instance, collector).map(text);
    return seen.slice(0, seen.indexOf(marker)).filter((value) => !value.startsWith('{"marker":'));
  }

  /** What of a tail or a read belongs to the instance: a broker whose stream carries several tells by the key. */
  recordsOf(
    topic: Topic,
    instance: TopicInstance,
    { records }: { readonly records: readonly BrokerRecord[] },
  ): BrokerRecord[] {
    return records.filter((record) => instanceOfRecord(topic, record) === instance);
  }

  /** The log of an instance as the broker itself holds it, without markers. Only where `readBack` can. */
  async stored(topic: Topic, instance: TopicInstance): Promise<string[]> {
    const { readBack } = this.server;
    if (!readBack.can) throw new Error(readBack.why);
    const records = await readBack.records(topic, instance);
    return records
      .map(({ value }) => value?.toString('utf8') ?? '(tombstone)')
      .filter((value) => !value.startsWith('{"marker":'));
  }
}

/** The instance that a record says it belongs to: by its address, else by its key. */
export function instanceOfRecord(topic: Topic, record: BrokerRecord): TopicInstance {
  return record.instance ?? instanceOf(topic, record.key?.toString('utf8'));
}

/** Narrows to the acknowledgement, or says what came instead. */
export function acknowledged(outcome: PublishOutcome): Extract<PublishOutcome, { type: 'acknowledged' }> {
  if (outcome.type === 'acknowledged') return outcome;
  throw new Error(`expected an acknowledgement, got ${outcome.type}: ${outcome.reason}`);
}

/** Waits for a promise for a bounded time. */
export async function within<T>(promise: Promise<T>, deadlineMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`waited ${deadlineMs} ms for ${what}`)), deadlineMs);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}
