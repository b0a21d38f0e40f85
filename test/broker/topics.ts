import type { TemplatePart } from '../../src/routing/template.ts';
import type { Delivery, DeliveryPolicy, Topic, TopicInstance, TopicName } from '../../src/routing/topic.ts';
import type { ContractTopics } from './adapter-under-test.ts';

function topic(text: string, typeName: string, policy: DeliveryPolicy, wildcard: boolean): Topic {
  const parts: TemplatePart[] = text
    .split(/(\{\w+\})/)
    .filter((part) => part !== '')
    .map((part) =>
      part.startsWith('{')
        ? { type: 'parameter', field: part.slice(1, -1), argument: part.slice(1, -1) }
        : { type: 'literal', text: part },
    );
  const parameters = parts.flatMap((part) =>
    part.type === 'parameter' ? [{ field: part.field, argument: part.argument, type: 'ID' as const }] : [],
  );
  return { name: text as TopicName, typeName, template: { text, parts }, parameters, policy, wildcard };
}

const hour = 3_600_000;

export const ephemeralTopics: ContractTopics = {
  parameter: topic('chat.{room}', 'Message', { delivery: 'EPHEMERAL' }, false),
  plain: topic('announcements', 'Announcement', { delivery: 'EPHEMERAL' }, false),
  wildcard: { can: true, topic: topic('typing.{room}', 'Typing', { delivery: 'EPHEMERAL' }, true) },
  keyPlacement: { can: false, why: 'placement belongs to DURABLE' },
};

export const bufferedTopics: ContractTopics = {
  parameter: topic(
    'jobs.{queue}',
    'Job',
    { delivery: 'BUFFERED', retentionMs: hour, maxEvents: 20_000, foreignWriters: true },
    false,
  ),
  plain: topic(
    'flights',
    'Flight',
    { delivery: 'BUFFERED', retentionMs: hour, maxEvents: 20_000, foreignWriters: true },
    false,
  ),
  wildcard: { can: false, why: 'BUFFERED with wildcard is a start-up error (design §2)' },
  keyPlacement: { can: false, why: 'placement belongs to DURABLE' },
};

export const durableTopics: ContractTopics = {
  parameter: topic(
    'quakes.{network}',
    'Quake',
    {
      delivery: 'DURABLE',
      kafkaTopic: 'quakes',
      keyFields: ['network'],
      placement: 'ANY',
      partitions: 3,
      retentionMs: undefined,
    },
    true,
  ),
  plain: topic(
    'audit',
    'Audit',
    {
      delivery: 'DURABLE',
      kafkaTopic: 'audit',
      keyFields: [],
      placement: 'ANY',
      partitions: 1,
      retentionMs: undefined,
    },
    false,
  ),
  wildcard: {
    can: true,
    topic: topic(
      'sensors.{site}',
      'Sensor',
      {
        delivery: 'DURABLE',
        kafkaTopic: 'sensors',
        keyFields: ['site'],
        placement: 'ANY',
        partitions: 6,
        retentionMs: undefined,
      },
      true,
    ),
  },
  keyPlacement: {
    can: true,
    topic: topic(
      'orders.{customerId}',
      'Order',
      {
        delivery: 'DURABLE',
        kafkaTopic: 'orders',
        keyFields: ['customerId'],
        placement: 'KEY',
        partitions: 3,
        retentionMs: undefined,
      },
      false,
    ),
  },
};

/** Every topic of a row, for `BrokerEnvironment.topics`. */
export function allTopics(topics: ContractTopics): readonly Topic[] {
  return [
    topics.parameter,
    topics.plain,
    ...(topics.wildcard.can ? [topics.wildcard.topic] : []),
    ...(topics.keyPlacement.can ? [topics.keyPlacement.topic] : []),
  ];
}

/** The instance of a fixture topic at a parameter value that needs no escape; without a value for a topic without parameters. */
export function instanceOf(topic: Topic, value?: string): TopicInstance {
  return topic.template.parts.map((part) => (part.type === 'literal' ? part.text : value)).join('') as TopicInstance;
}

/** The parameter value of an instance; undefined for a topic without parameters. The record key in the fixtures. */
export function keyOf(topic: Topic, instance: TopicInstance): string | undefined {
  const [prefix] = topic.template.parts;
  return topic.parameters.length === 0 || prefix?.type !== 'literal' ? undefined : instance.slice(prefix.text.length);
}

/** The fixtures of each delivery. */
export const topicsOf: Readonly<Record<Delivery, ContractTopics>> = {
  EPHEMERAL: ephemeralTopics,
  BUFFERED: bufferedTopics,
  DURABLE: durableTopics,
};
