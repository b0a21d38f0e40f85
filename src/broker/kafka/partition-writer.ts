import type { produceV9 } from '@platformatic/kafka';
import type { PendingRecord } from './batch.ts';
import type { Cluster } from './cluster.ts';
import { errorName, KafkaError } from './error-code.ts';
import type { KafkaLink } from './link.ts';
import { type Attempt, failedAttempt } from './produce-answer.ts';
import { ProducerIdentity } from './producer-identity.ts';
import { initProducerIdRequest, produceRequest } from './requests.ts';
import type { BatchIdentity } from './write-batch.ts';

/** Makes single attempts to write to one partition, and says what each came to. It repeats nothing. */
export class PartitionWriter {
  readonly #cluster: Cluster;
  readonly #topic: string;
  readonly #partition: number;

  constructor(cluster: Cluster, topic: string, partition: number) {
    this.#cluster = cluster;
    this.#topic = topic;
    this.#partition = partition;
  }

  /** As `LanePort.newIdentity`. */
  async newIdentity(): Promise<ProducerIdentity> {
    const link = await this.#cluster.anyLink();
    const answer = await link.request(initProducerIdRequest());
    if (answer.errorCode !== KafkaError.NONE) {
      throw new Error(`Kafka gave no producer id: ${errorName(answer.errorCode)}.`);
    }
    return new ProducerIdentity(answer.producerId, answer.producerEpoch);
  }

  /** As `LanePort.write`. */
  async write(begin: () => readonly PendingRecord[] | undefined, identity: BatchIdentity): Promise<Attempt> {
    const place = this.#cluster.view?.topics.get(this.#topic)?.partitions[this.#partition];
    if (place === undefined) {
      return { type: 'refused', reason: `Kafka has no partition ${this.#partition} of topic ${this.#topic}` };
    }
    if (place.leader < 0) {
      return { type: 'refused', reason: `partition ${this.#partition} of topic ${this.#topic} has no leader` };
    }
    let link: KafkaLink;
    try {
      link = await this.#cluster.linkTo(place.leader, 'publish');
    } catch (error) {
      return { type: 'refused', reason: error instanceof Error ? error.message : String(error) };
    }
    // Asked last: up to here, nothing can have been stored.
    const records = link.isOpen ? begin() : undefined;
    if (records === undefined) return { type: 'refused', reason: 'the link to Kafka was closed' };
    const messages = records.map((record) => record.message);
    try {
      const answer = await link.request(produceRequest(this.#topic, this.#partition, messages, identity));
      return read(answer, place.leaderEpoch);
    } catch (error) {
      return { type: 'unclear', reason: error instanceof Error ? error.message : String(error) };
    }
  }
}

function read(answer: produceV9.ProduceResponse, leaderEpoch: number): Attempt {
  const partition = answer.responses[0]?.partitionResponses[0];
  if (partition === undefined) return { type: 'unclear', reason: 'Kafka answered without naming the partition' };
  if (partition.errorCode !== KafkaError.NONE) return failedAttempt(partition.errorCode, partition.errorMessage ?? '');
  return {
    type: 'stored',
    baseOffset: partition.baseOffset,
    timestamp: Number(partition.logAppendTimeMs),
    leaderEpoch,
  };
}
