import type { BrokerEnvironment } from '../environment.ts';
import type { Tail, TailEndReason, TailSink } from '../port.ts';
import type { Stream } from '../stream.ts';
import type { Cluster } from './cluster.ts';
import type { ClusterView } from './cluster-view.ts';
import { type KafkaPosition, tailStarts } from './offsets.ts';
import { PartitionTail } from './partition-tail.ts';
import type { Readers } from './readers.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;
/** Where a partition begins that was added to its topic. */
const FIRST: KafkaPosition = { type: 'kafka', next: 0n, leaderEpoch: -1 };

interface OpenTail {
  readonly topic: string;
  /** Undefined: all partitions of the topic. */
  readonly partition: number | undefined;
  readonly sink: TailSink;
  /** By partition, in the order of the stream's positions; empty until it is attached. */
  readonly places: Map<number, PartitionTail>;
  topicId: string | undefined;
  open: boolean;
  readonly settleAttached: () => void;
}

/** The live tails of one adapter: finds where each begins, follows new partitions, and ends those whose log is gone. */
export class Tails {
  readonly #cluster: Cluster;
  readonly #readers: Readers;
  readonly #environment: BrokerEnvironment;
  readonly #tails = new Set<OpenTail>();
  #viewChanged: () => void = () => {};
  #nextView: Promise<void> = Promise.resolve();

  constructor(cluster: Cluster, readers: Readers, environment: BrokerEnvironment) {
    this.#cluster = cluster;
    this.#readers = readers;
    this.#environment = environment;
    this.#awaitNextView();
  }

  /** As `Broker.tail`. */
  open(stream: Stream, topic: string, sink: TailSink): Tail {
    const { promise, resolve } = Promise.withResolvers<void>();
    const tail: OpenTail = {
      topic,
      partition: stream.partition,
      sink,
      places: new Map(),
      topicId: undefined,
      open: true,
      settleAttached: resolve,
    };
    this.#tails.add(tail);
    void this.#attach(tail);
    return { attached: promise, close: () => this.#close(tail) };
  }

  /** The cluster described itself anew: logs may be gone, and partitions may have come. */
  refreshed(view: ClusterView): void {
    for (const tail of this.#tails) {
      const topic = view.topics.get(tail.topic);
      if (tail.topicId === undefined || topic === undefined) continue;
      if (topic.id !== tail.topicId) this.end(tail.places.values(), 'recreated');
      else this.#follow(tail, topic.partitions.length);
    }
    this.#readers.assignAll();
    this.#viewChanged();
    this.#awaitNextView();
  }

  /** The log under these places cannot be read on. Each tail hears it once. */
  end(places: Iterable<PartitionTail>, reason: TailEndReason): void {
    const ended = new Set(places);
    for (const tail of [...this.#tails]) {
      if (![...tail.places.values()].some((place) => ended.has(place))) continue;
      this.#close(tail);
      tail.sink.ended(reason);
    }
  }

  close(): void {
    for (const tail of [...this.#tails]) this.#close(tail);
  }

  async #attach(tail: OpenTail): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; tail.open; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const view = this.#cluster.view?.topics.get(tail.topic);
      try {
        if (view === undefined) throw new Error(`Kafka topic ${tail.topic} is not known.`);
        const partitions = tail.partition === undefined ? [...view.partitions.keys()] : [tail.partition];
        const starts = await tailStarts(this.#cluster, { topic: tail.topic, partitions, purpose: 'control' });
        if (!tail.open) return;
        const now = this.#cluster.view?.topics.get(tail.topic);
        if (now?.id !== view.id) throw new Error(`Kafka topic ${tail.topic} was made anew meanwhile.`);
        tail.topicId = view.id;
        this.#place(tail, starts);
        this.#follow(tail, now.partitions.length);
        tail.settleAttached();
        return;
      } catch {
        // The health of the adapter tells what is wrong; a tail just waits until it is right.
        if (!tail.open) return;
        const next = this.#nextView;
        void this.#cluster.refresh();
        await Promise.race([next, this.#pause(pause)]);
      }
    }
  }

  /** New partitions are read from their beginning: what was written to them before we knew is new all the same (F17). */
  #follow(tail: OpenTail, partitions: number): void {
    if (tail.partition !== undefined || !tail.open) return;
    const added = Array.from({ length: partitions }, (_, partition) => partition).filter((partition) => {
      return !tail.places.has(partition);
    });
    if (added.length > 0) this.#place(tail, new Map(added.map((partition) => [partition, FIRST])));
  }

  /** Adds partitions to the tail: tells where it stands, then reads them. */
  #place(tail: OpenTail, starts: ReadonlyMap<number, KafkaPosition>): void {
    const { sink, topic, topicId } = tail;
    if (topicId === undefined) return;
    for (const [partition, start] of [...starts].sort(([a], [b]) => a - b)) {
      const index = tail.partition === undefined ? partition : 0;
      tail.places.set(partition, new PartitionTail(sink, index, start, () => tail.open));
    }
    sink.positioned({ log: topicId, partitions: [...tail.places.values()].map(({ position }) => position) });
    for (const [partition, place] of tail.places) {
      if (starts.has(partition) && tail.open) this.#readers.join({ topic, topicId, partition }, place);
    }
  }

  #close(tail: OpenTail): void {
    if (!tail.open) return;
    tail.open = false;
    this.#tails.delete(tail);
    for (const [partition, place] of tail.places) this.#readers.leave(tail.topic, partition, place);
    tail.settleAttached();
  }

  #awaitNextView(): void {
    this.#nextView = new Promise((resolve) => {
      this.#viewChanged = resolve;
    });
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#environment.clock.after(delayMs, resolve);
    });
  }
}
