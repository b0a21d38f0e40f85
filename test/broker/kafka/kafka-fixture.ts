import assert from 'node:assert/strict';
import { createKafkaBroker } from '../../../src/broker/kafka/broker.ts';
import type { KafkaBrokerConfig } from '../../../src/broker/kafka/config.ts';
import type { PublishOutcome } from '../../../src/broker/outcome.ts';
import type { Broker, TailSink } from '../../../src/broker/port.ts';
import type { Stream } from '../../../src/broker/stream.ts';
import { positionAfter } from '../../../src/fanout/position-after.ts';
import type { Logger } from '../../../src/log/logger.ts';
import { silentLogger } from '../../../src/log/logger.ts';
import { comparePositions, type PartitionPosition } from '../../../src/routing/position.ts';
import type { DurablePolicy, Topic, TopicName } from '../../../src/routing/topic.ts';
import { systemClock } from '../../../src/time/clock.ts';
import { Collector } from '../collector.ts';
import { instanceOf, keyOf } from '../topics.ts';

/** A DURABLE topic `name.{id}` on Kafka topic `name`; with `parameter: false` without parameter and key. */
export function durableTopic(
  name: string,
  policy: Partial<DurablePolicy> = {},
  { parameter = true }: { readonly parameter?: boolean } = {},
): Topic {
  const text = parameter ? `${name}.{id}` : name;
  return {
    name: text as TopicName,
    typeName: 'Event',
    template: {
      text,
      parts: parameter
        ? [
            { type: 'literal', text: `${name}.` },
            { type: 'parameter', field: 'id', argument: 'id' },
          ]
        : [{ type: 'literal', text }],
    },
    parameters: parameter ? [{ field: 'id', argument: 'id', type: 'ID' }] : [],
    policy: {
      delivery: 'DURABLE',
      kafkaTopic: name,
      keyFields: parameter ? ['id'] : [],
      placement: 'ANY',
      partitions: undefined,
      retentionMs: undefined,
      ...policy,
    },
    wildcard: true,
  };
}

/** A broker under test that creates its topics, unless the settings say otherwise. Not open yet. */
export function kafkaBroker(
  brokers: string,
  topics: readonly Topic[],
  settings: Partial<KafkaBrokerConfig> = {},
  log: Logger = silentLogger,
): Broker {
  const config: KafkaBrokerConfig = { brokers: [brokers], createTopics: true, weakDurability: 'warn', ...settings };
  return createKafkaBroker(config, { clock: systemClock, log, topics, onBytes() {} });
}

/** As `kafkaBroker`, and open. */
export async function openKafkaBroker(
  brokers: string,
  topics: readonly Topic[],
  settings: Partial<KafkaBrokerConfig> = {},
): Promise<Broker> {
  const broker = kafkaBroker(brokers, topics, settings);
  const report = await broker.open();
  if (!report.contacted || report.problems.length > 0) throw new Error(`Kafka is not ready: ${JSON.stringify(report)}`);
  return broker;
}

/** A tail of the whole topic, attached. */
export async function attachedTail(broker: Broker, topic: Topic): Promise<Collector> {
  return (await attachedTrack(broker, broker.stream(topic, undefined))).collector;
}

/** What a tail was told, and where it stands. */
export interface TailTrack {
  readonly collector: Collector;
  /** By index in the stream's positions: behind the last record, or where the tail said that it stands. */
  readonly reached: PartitionPosition[];
  /** How often it moved on without a record. */
  readonly advances: () => number;
}

/** A tail of a stream, attached. */
export async function attachedTrack(broker: Broker, stream: Stream): Promise<TailTrack> {
  const collector = new Collector(60_000);
  const reached: PartitionPosition[] = [];
  let advances = 0;
  const sink: TailSink = {
    positioned(position) {
      for (const [index, place] of position.partitions.entries()) {
        const before = reached[index];
        assert.ok(before === undefined || comparePositions(before, place) === 0, 'told again as it stands');
        reached[index] = place;
      }
      collector.positioned(position);
    },
    record(record) {
      const { position } = record;
      assert.ok(position?.type === 'kafka');
      const index = stream.partition === undefined ? position.partition : 0;
      move(index, positionAfter(record));
      collector.record(record);
    },
    advanced(index, position) {
      advances += 1;
      move(index, position);
    },
    gap: (gap) => collector.gap(gap),
    ended: (reason) => collector.ended(reason),
  };
  function move(index: number, to: PartitionPosition): void {
    const before = reached[index];
    assert.ok(before !== undefined && comparePositions(before, to) < 0, 'a tail moves forwards, in partitions it told');
    reached[index] = to;
  }
  collector.tail = broker.tail(stream, sink);
  await collector.tail.attached;
  return { collector, reached, advances: () => advances };
}

/** Publishes to the topic's instance of that parameter value. */
export function publishTo(broker: Broker, topic: Topic, id: string, value: string): Promise<PublishOutcome> {
  const instance = topic.parameters.length === 0 ? instanceOf(topic) : instanceOf(topic, id);
  return broker.publish({ topic, instance, key: keyOf(topic, instance), value, attributes: new Map() });
}
