import type { PartitionPosition, StreamPosition } from '../../routing/position.ts';
import type { DurablePolicy } from '../../routing/topic.ts';
import type { BrokerEnvironment } from '../environment.ts';
import type { Chunk, Expired, ExpiryReason, History, ReadLimits, StartingPoint, Unavailable } from '../history.ts';
import type { Stream, StreamId } from '../stream.ts';
import { AskedTogether } from './asked-together.ts';
import type { Cluster } from './cluster.ts';
import type { TopicView } from './cluster-view.ts';
import { kafkaPositions, whyNotReadable } from './log-check.ts';
import { type HeldPartition, heldPartitions, offsetsOfTime } from './offsets.ts';
import { PartitionHistory } from './partition-history.ts';

/** Milliseconds by which every question is answered. */
const DEADLINE_MS = 5_000;
/** The age from which on the cluster's view is looked at anew before a position is given out or checked. */
const VIEW_MS = 1_000;

/** The log of a stream as it is now. */
interface HeldLog {
  readonly log: string;
  readonly topic: string;
  /** Partition numbers and what they hold, in the order of the stream's positions. */
  readonly partitions: readonly { readonly partition: number; readonly held: HeldPartition }[];
}

type Located = { readonly type: 'located'; readonly position: StreamPosition };
type Valid = { readonly type: 'valid'; readonly position: StreamPosition };

/**
 * What Kafka keeps, read on one link per node that neither tails nor publishes use. A question that Kafka does not answer is asked
 * once more after the cluster was looked at anew. What is asked of a stream by many at once is asked once for all of them.
 */
export class KafkaHistory implements History {
  readonly #cluster: Cluster;
  readonly #environment: BrokerEnvironment;
  readonly #held = new Map<StreamId, AskedTogether<HeldLog>>();
  /** Ends the questions under way. */
  readonly #open = new Set<(answer: Unavailable) => void>();
  #closed = false;

  constructor(cluster: Cluster, environment: BrokerEnvironment) {
    this.#cluster = cluster;
    this.#environment = environment;
  }

  locate(stream: Stream, start: StartingPoint): Promise<Located | Unavailable> {
    return this.#answer(() => this.#locate(stream, start));
  }

  resume(stream: Stream, position: StreamPosition): Promise<Valid | Expired | Unavailable> {
    return this.#answer(() => this.#resume(stream, position));
  }

  read(
    stream: Stream,
    partition: number,
    log: string,
    position: PartitionPosition,
    limits: ReadLimits,
  ): Promise<Chunk | Expired | Unavailable> {
    return this.#answer(() => this.#read(stream, partition, log, position, limits, 'read'));
  }

  readBackwards(
    stream: Stream,
    partition: number,
    log: string,
    position: PartitionPosition,
    limits: ReadLimits,
  ): Promise<Chunk | Expired | Unavailable> {
    return this.#answer(() => this.#read(stream, partition, log, position, limits, 'readBackwards'));
  }

  /** Idempotent. Every question, under way or later, is answered as unavailable. */
  close(): void {
    this.#closed = true;
    for (const end of this.#open) end(CLOSED);
  }

  async #locate(stream: Stream, start: StartingPoint): Promise<Located> {
    const held = await this.#heldLog(stream);
    const { log, topic } = held;
    switch (start.type) {
      case 'earliest':
        return { type: 'located', position: earliestOf(held) };
      case 'latest':
        return {
          type: 'located',
          position: { log, partitions: held.partitions.map(({ held: { stable } }) => stable) },
        };
      case 'time': {
        const partitions = held.partitions.map(({ partition }) => partition);
        const found = await offsetsOfTime(this.#cluster, { topic, partitions, purpose: 'history' }, start.time);
        return { type: 'located', position: { log, partitions: [...found].sort(byNumber).map(([, place]) => place) } };
      }
      default:
        throw start satisfies never;
    }
  }

  async #resume(stream: Stream, position: StreamPosition): Promise<Valid | Expired> {
    let held = await this.#heldLog(stream);
    if (held.log !== position.log || held.partitions.length < position.partitions.length) {
      // It may be of a topic, or a partition, that is newer than the view.
      await this.#cluster.refresh();
      held = await this.#heldLog(stream);
    }
    const oldest = earliestOf(held);
    if (held.log !== position.log) return { type: 'expired', reason: 'recreated', oldest };
    const known = kafkaPositions(position);
    if (known === undefined || known.length === 0 || known.length > held.partitions.length) {
      return { type: 'expired', reason: 'invalid', oldest };
    }
    const places = held.partitions.map(({ partition, held: now }, index) => ({
      partition,
      held: now,
      // A partition that was added since is new from its first record on (F17).
      position: known[index] ?? { type: 'kafka' as const, next: 0n, leaderEpoch: -1 },
    }));
    const reason = await whyNotReadable(this.#cluster, held.topic, places);
    if (reason !== undefined) return { type: 'expired', reason, oldest };
    return { type: 'valid', position: { log: held.log, partitions: places.map((place) => place.position) } };
  }

  async #read(
    stream: Stream,
    index: number,
    log: string,
    position: PartitionPosition,
    limits: ReadLimits,
    how: 'read' | 'readBackwards',
  ): Promise<Chunk | Expired> {
    const topic = topicOf(stream);
    let view = this.#cluster.view?.topics.get(topic);
    if (view?.id !== log || index >= countOf(stream, view)) {
      await this.#cluster.refresh();
      view = this.#cluster.view?.topics.get(topic);
    }
    if (view === undefined) throw new Error(`Kafka topic ${topic} is not known.`);
    if (view.id !== log) return this.#expired(stream, 'recreated');
    if (position.type !== 'kafka' || !Number.isInteger(index) || index < 0 || index >= countOf(stream, view)) {
      return this.#expired(stream, 'invalid');
    }
    const place = { topic, topicId: log, partition: stream.partition ?? index };
    const answer = await new PartitionHistory(this.#cluster, this.#environment, place)[how](position, limits);
    return typeof answer === 'string' ? this.#expired(stream, answer) : answer;
  }

  async #expired(stream: Stream, reason: ExpiryReason): Promise<Expired> {
    const held = await this.#heldLog(stream).catch(() => undefined);
    return { type: 'expired', reason, oldest: held === undefined ? undefined : earliestOf(held) };
  }

  #heldLog(stream: Stream): Promise<HeldLog> {
    let asked = this.#held.get(stream.id);
    if (asked === undefined) {
      asked = new AskedTogether(() => this.#askHeld(stream));
      this.#held.set(stream.id, asked);
    }
    return asked.ask();
  }

  async #askHeld(stream: Stream): Promise<HeldLog> {
    const topic = topicOf(stream);
    if (this.#cluster.viewAgeMs > VIEW_MS) await this.#cluster.refresh();
    const view = this.#cluster.view?.topics.get(topic);
    if (view === undefined) throw new Error(`Kafka topic ${topic} is not known.`);
    const partitions = stream.partition === undefined ? [...view.partitions.keys()] : [stream.partition];
    const held = await heldPartitions(this.#cluster, { topic, partitions, purpose: 'history' });
    return {
      log: view.id,
      topic,
      partitions: [...held].sort(byNumber).map(([partition, now]) => ({ partition, held: now })),
    };
  }

  /** Asks at most twice and answers by the deadline; never rejects. */
  #answer<T>(ask: () => Promise<T>): Promise<T | Unavailable> {
    if (this.#closed) return Promise.resolve(CLOSED);
    return new Promise((resolve) => {
      const settle = (answer: T | Unavailable): void => {
        cancel();
        this.#open.delete(settle);
        resolve(answer);
      };
      const cancel = this.#environment.clock.after(DEADLINE_MS, () => {
        settle({ type: 'unavailable', reason: `Kafka did not answer within ${DEADLINE_MS / 1000} s.` });
      });
      this.#open.add(settle);
      this.#twice(ask).then(settle, (error: unknown) => {
        settle({ type: 'unavailable', reason: error instanceof Error ? error.message : String(error) });
      });
    });
  }

  async #twice<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (this.#closed) throw error;
      // The leader may be another one now, or the topic.
      await this.#cluster.refresh();
      return await ask();
    }
  }
}

const CLOSED: Unavailable = { type: 'unavailable', reason: 'Sluice closed its link to Kafka.' };

function topicOf(stream: Stream): string {
  const { policy, name } = stream.topic;
  if (policy.delivery !== 'DURABLE')
    throw new Error(`Topic ${name} is ${policy.delivery}; Kafka keeps DURABLE topics only.`);
  return (policy satisfies DurablePolicy).kafkaTopic;
}

/** How many partitions the stream's positions have. */
function countOf(stream: Stream, view: TopicView): number {
  return stream.partition === undefined ? view.partitions.length : 1;
}

function earliestOf({ log, partitions }: HeldLog): StreamPosition {
  return { log, partitions: partitions.map(({ held }) => held.start) };
}

function byNumber([a]: readonly [number, unknown], [b]: readonly [number, unknown]): number {
  return a - b;
}
