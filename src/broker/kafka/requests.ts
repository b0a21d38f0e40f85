import {
  fetchV13,
  initProducerIdV4,
  listOffsetsV7,
  type MessageRecord,
  metadataV12,
  offsetForLeaderEpochV4,
  produceV9,
  Writer,
} from '@platformatic/kafka';
import { type FetchResponse, parseFetchResponse } from './fetch-response.ts';
import type { KafkaLink, KafkaRequest } from './link.ts';
import { type BatchIdentity, writeBatch } from './write-batch.ts';

/**
 * The versions of Kafka's requests that Sluice speaks: those of Kafka 3.1, the first with topic ids in fetches, and still spoken by Kafka 4.
 * One version each, so that there is one wire format to test.
 */
const SPOKEN = {
  produce: { apiKey: 0, version: 9 },
  fetch: { apiKey: 1, version: 13 },
  listOffsets: { apiKey: 2, version: 7 },
  metadata: { apiKey: 3, version: 12 },
  initProducerId: { apiKey: 22, version: 4 },
  offsetForLeaderEpoch: { apiKey: 23, version: 4 },
} as const;

/** Milliseconds that a broker may wait for its replicas before it answers a produce. */
const REPLICA_WAIT_MS = 4_000;
const ALL_REPLICAS = -1;
const READ_COMMITTED = 1;

/** Does the broker lack a request that Sluice needs? Then it is older than Kafka 3.1. */
export function isTooOld(link: KafkaLink): boolean {
  return Object.values(SPOKEN).some(({ apiKey, version }) => !link.speaks(apiKey, version));
}

/** Nodes and the named topics; an empty list asks for the nodes alone. Never creates a topic. */
export function metadataRequest(topics: readonly string[]): KafkaRequest<metadataV12.MetadataResponse> {
  return {
    ...SPOKEN.metadata,
    write: () => metadataV12.createRequest([...topics], false, false),
    read: metadataV12.parseResponse,
  };
}

/** One batch to one partition, acknowledged when all in-sync replicas hold it. */
export function produceRequest(
  topic: string,
  partition: number,
  records: readonly MessageRecord[],
  identity: BatchIdentity,
): KafkaRequest<produceV9.ProduceResponse> {
  return {
    ...SPOKEN.produce,
    write() {
      const batch = writeBatch(records, identity);
      // Produce, version 9: transactional id, acks, time, then topics of partitions of one batch each.
      return Writer.create()
        .appendString(null)
        .appendInt16(ALL_REPLICAS)
        .appendInt32(REPLICA_WAIT_MS)
        .appendArray([topic], (ofTopic) =>
          ofTopic.appendString(topic).appendArray([partition], (ofPartition) => {
            ofPartition
              .appendInt32(partition)
              .appendUnsignedVarInt(batch.length + 1)
              .append(batch);
          }),
        )
        .appendTaggedFields();
    },
    read: produceV9.parseResponse,
  };
}

/** A new producer id, without transactions. */
export function initProducerIdRequest(): KafkaRequest<initProducerIdV4.InitProducerIdResponse> {
  return {
    ...SPOKEN.initProducerId,
    // The transaction time-out means nothing without a transactional id, but must be positive.
    write: () => initProducerIdV4.createRequest(null, 60_000),
    read: initProducerIdV4.parseResponse,
  };
}

/** The times that Kafka's offset look-up has names for. */
export const OffsetAt = { latest: -1n, earliest: -2n } as const;

/** Offsets of partitions at a time. `latest` is the high watermark, or the last stable offset when only committed records count. */
export function listOffsetsRequest(
  topic: string,
  partitions: readonly number[],
  at: bigint,
  isolation: 'all' | 'committed',
): KafkaRequest<listOffsetsV7.ListOffsetsResponse> {
  const asked: listOffsetsV7.ListOffsetsRequestTopic = {
    name: topic,
    partitions: partitions.map((partitionIndex) => ({ partitionIndex, currentLeaderEpoch: -1, timestamp: at })),
  };
  return {
    ...SPOKEN.listOffsets,
    write: () => listOffsetsV7.createRequest(-1, isolation === 'committed' ? READ_COMMITTED : 0, [asked]),
    read: listOffsetsV7.parseResponse,
  };
}

/** Where leader epochs end, by partition number: the offset after the last record of the epoch, or of those before it. */
export function offsetForLeaderEpochRequest(
  topic: string,
  epochs: ReadonlyMap<number, number>,
): KafkaRequest<offsetForLeaderEpochV4.OffsetForLeaderEpochResponse> {
  const partitions = [...epochs].map(([partitionIndex, leaderEpoch]) => ({
    partitionIndex,
    currentLeaderEpoch: -1,
    leaderEpoch,
  }));
  return {
    ...SPOKEN.offsetForLeaderEpoch,
    write: () => offsetForLeaderEpochV4.createRequest(-1, [{ name: topic, partitions }]),
    read: offsetForLeaderEpochV4.parseResponse,
  };
}

/** Limits of one fetch. */
export interface FetchLimits {
  /** Milliseconds that the broker holds the request while it has no record. */
  readonly maxWaitMs: number;
  /** Bytes of records in one answer; the first batch comes whole whatever its size. */
  readonly maxBytes: number;
}

/** Committed records of many partitions, by topic id, without a fetch session. */
export function fetchRequest(topics: fetchV13.FetchRequestTopic[], limits: FetchLimits): KafkaRequest<FetchResponse> {
  return {
    ...SPOKEN.fetch,
    write: () => fetchV13.createRequest(limits.maxWaitMs, 1, limits.maxBytes, READ_COMMITTED, 0, -1, topics, [], ''),
    read: (_correlationId, _apiKey, _apiVersion, reader) => parseFetchResponse(reader),
  };
}
