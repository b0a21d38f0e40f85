import { partitionForKey } from '../../routing/placement.ts';
import type { DurablePolicy } from '../../routing/topic.ts';
import type { BrokerEnvironment } from '../environment.ts';
import type { PublishOutcome } from '../outcome.ts';
import type { PublishRequest } from '../port.ts';
import { answer, type PendingRecord } from './batch.ts';
import type { Cluster } from './cluster.ts';
import { Lane, type LanePort } from './lane.ts';
import { BATCH_OVERHEAD_BYTES, kafkaMessage, messageBytes } from './message.ts';
import { PartitionWriter } from './partition-writer.ts';
import type { TopicLimits } from './topic-limits.ts';

/** Bytes that wait in all lanes together. At the bound a publish is answered `unavailable`. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** Bytes of a batch where the topic's own limit is not lower. */
const BATCH_BYTES = 1_000_000;

/** Takes publishes to the lane of their partition; there is one lane per partition that was written to. */
export class Publisher {
  readonly #cluster: Cluster;
  readonly #environment: BrokerEnvironment;
  readonly #limits: TopicLimits;
  readonly #deadlineMs: number;
  /** By topic, then partition. */
  readonly #lanes = new Map<string, { topicId: string; readonly lanes: Map<number, Lane> }>();
  #waitingBytes = 0;
  #closed = false;

  constructor(cluster: Cluster, environment: BrokerEnvironment, limits: TopicLimits, deadlineMs: number) {
    this.#cluster = cluster;
    this.#environment = environment;
    this.#limits = limits;
    this.#deadlineMs = deadlineMs;
  }

  /** As `Broker.publish`. The lane is chosen before this returns, so that call order is write order. */
  publish(request: PublishRequest, policy: DurablePolicy): Promise<PublishOutcome> {
    const topic = policy.kafkaTopic;
    const view = this.#cluster.view?.topics.get(topic);
    if (this.#closed || view === undefined || view.partitions.length === 0) {
      return Promise.resolve({ type: 'unavailable', reason: this.#whyNot(topic) });
    }
    // Without a key the instance decides, so that one instance keeps its order.
    const placedBy = Buffer.from(request.key ?? request.instance);
    const partition = partitionForKey(placedBy, view.partitions.length);
    const { clock } = this.#environment;
    const message = kafkaMessage(request, { topic, partition }, clock.now());
    const bytes = messageBytes(message);
    return new Promise((resolve) => {
      this.#lane(topic, view.id, partition).publish({
        message,
        bytes,
        deadline: clock.monotonic() + this.#deadlineMs,
        answer: resolve,
      });
    });
  }

  /** Waits at most so long for what is being written, then answers the rest with the truth of that moment. */
  async close(deadlineMs: number): Promise<void> {
    this.#closed = true;
    const lanes = [...this.#lanes.values()].flatMap((topic) => [...topic.lanes.values()]);
    let cancel = (): void => {};
    const late = new Promise<void>((resolve) => {
      cancel = this.#environment.clock.after(deadlineMs, resolve);
    });
    await Promise.race([Promise.all(lanes.map((lane) => lane.idle())), late]);
    cancel();
    for (const lane of lanes) lane.close();
  }

  #lane(topic: string, topicId: string, partition: number): Lane {
    let known = this.#lanes.get(topic);
    if (known === undefined) {
      known = { topicId, lanes: new Map() };
      this.#lanes.set(topic, known);
    }
    if (known.topicId !== topicId) {
      // The topic was made anew: its log knows nothing of what the lanes counted.
      known.topicId = topicId;
      for (const lane of known.lanes.values()) lane.forget();
    }
    let lane = known.lanes.get(partition);
    if (lane === undefined) {
      lane = new Lane(this.#port(topic, partition));
      known.lanes.set(partition, lane);
    }
    return lane;
  }

  #port(topic: string, partition: number): LanePort {
    const writer = new PartitionWriter(this.#cluster, topic, partition);
    return {
      clock: this.#environment.clock,
      batchBytes: () =>
        Math.min(BATCH_BYTES, (this.#limits.maxMessageBytes(topic) ?? BATCH_BYTES) - BATCH_OVERHEAD_BYTES),
      newIdentity: () => writer.newIdentity(),
      write: (begin, identity) => writer.write(begin, identity),
      refresh: () => this.#cluster.refresh(),
      stored: (record, attempt, index) => {
        this.#environment.onBytes('out', record.message.value.length);
        answer(record, {
          type: 'acknowledged',
          publishedAt: attempt.timestamp >= 0 ? attempt.timestamp : sentAt(record),
          position: {
            type: 'kafka',
            partition,
            offset: attempt.baseOffset + BigInt(index),
            leaderEpoch: attempt.leaderEpoch,
          },
        });
      },
      waiting: (change) => {
        this.#waitingBytes += change;
      },
      hasRoom: (bytes) => this.#waitingBytes + bytes <= MAX_WAITING_BYTES,
    };
  }

  #whyNot(topic: string): string {
    if (this.#closed) return 'Sluice is closing its link to Kafka.';
    if (this.#cluster.view === undefined) return 'Kafka has not been reached yet.';
    return `Kafka has no topic ${topic}.`;
  }
}

function sentAt(record: PendingRecord): number {
  return Number(record.message.timestamp ?? 0n);
}
