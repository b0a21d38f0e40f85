import { type GraphQLSchema, getNamedType, getNullableType, isEnumType, isNonNullType } from 'graphql';
import { DURATION_HELP, parseDuration } from '../routing/duration.ts';
import { kafkaTopicName, kafkaTopicProblem } from '../routing/kafka-topic.ts';
import type { TopicTemplate } from '../routing/template.ts';
import type { DurablePolicy, TopicParameter } from '../routing/topic.ts';
import type { Given } from './directive-arguments.ts';
import type { ProblemList } from './problem-list.ts';
import type { TopicDeclaration } from './topic-declaration.ts';
import { memberFieldType } from './topic-parameters.ts';
import { BUILT_IN_SCALAR_NAMES } from './user-types.ts';

/** Cursors name every partition, and about so many fit into one (design §5). */
const MOST_PARTITIONS = 100;

/** Milliseconds of a retention, or undefined, reported when there is one that cannot be read. */
export function readRetention(given: Given<string> | undefined, problems: ProblemList): number | undefined {
  if (given === undefined) return undefined;
  const milliseconds = parseDuration(given.value);
  if (milliseconds === undefined) {
    problems.add(given.node, `"${given.value}" is not a duration`, `Write ${DURATION_HELP}.`);
  }
  return milliseconds;
}

function readKafkaTopic(declaration: TopicDeclaration, template: TopicTemplate, problems: ProblemList): string {
  const given = declaration.kafkaTopic;
  const name = given?.value ?? kafkaTopicName(template);
  const problem = kafkaTopicProblem(name);
  if (problem !== undefined) {
    const whose =
      given === undefined ? `the Kafka topic of "${template.text}", "${name}",` : `the Kafka topic "${name}"`;
    problems.add(given?.node ?? declaration.name?.node, `${whose} ${problem}`, 'Name one: kafkaTopic: "my-topic".');
  }
  return name;
}

function readKey(declaration: TopicDeclaration, schema: GraphQLSchema, problems: ProblemList): readonly string[] {
  const given = declaration.key;
  if (given === undefined) return [];
  const fields = given.value.split(',').map((field) => field.trim());
  const fix = 'Write field names with commas between them: key: "region,id".';
  if (fields.some((field) => field === ''))
    problems.add(given.node, `the key "${given.value}" lacks a field name`, fix);
  if (new Set(fields).size !== fields.length)
    problems.add(given.node, `the key "${given.value}" names a field twice`, fix);
  for (const field of fields) {
    if (field === '') continue;
    const type = memberFieldType(field, declaration.type, schema, given, problems);
    if (type === undefined) continue;
    const named = getNamedType(type);
    const isLeaf = isEnumType(named) || (BUILT_IN_SCALAR_NAMES.has(named.name) && named.name !== 'JSON');
    if (!isNonNullType(type) || getNullableType(type) !== named || !isLeaf) {
      problems.add(
        given.node,
        `"${field}" is ${String(type)}; a key field is a non-null scalar (not JSON) or enum`,
        `Declare it as "${field}: ID!", or name another field.`,
      );
    }
  }
  return fields;
}

/** Judges what a DURABLE topic says about its log. */
export function readDurablePolicy(
  declaration: TopicDeclaration,
  template: TopicTemplate,
  parameters: readonly TopicParameter[],
  schema: GraphQLSchema,
  problems: ProblemList,
): DurablePolicy {
  const own = template.parts.flatMap((part) => (part.type === 'parameter' ? [part.field] : []));
  const keyFields =
    declaration.key === undefined ? parameters.map(({ field }) => field) : readKey(declaration, schema, problems);
  const placement = declaration.placement?.value ?? 'ANY';
  const partitions = declaration.partitions;
  if (placement === 'KEY') {
    if (own.length === 0) {
      problems.add(
        declaration.placement?.node,
        'placement: KEY needs a topic with parameters: the key of a subscription is made from them',
        'Remove placement, or put a parameter into the name.',
      );
    } else if (keyFields.some((field) => !own.includes(field))) {
      problems.add(
        declaration.key?.node ?? declaration.placement?.node,
        'with placement: KEY the key consists of parameters only: a subscription knows nothing else',
        `Write key: "${own.join(',')}", or remove placement.`,
      );
    }
  } else if (partitions !== undefined && partitions.value > MOST_PARTITIONS) {
    problems.add(
      partitions.node,
      `a cursor holds ${MOST_PARTITIONS} partitions at most, and ${partitions.value} are declared`,
      `Declare at most ${MOST_PARTITIONS}, or placement: KEY if every producer places records by murmur2 of the key.`,
    );
  }
  return {
    delivery: 'DURABLE',
    kafkaTopic: readKafkaTopic(declaration, template, problems),
    keyFields,
    placement,
    partitions: partitions?.value,
    retentionMs: readRetention(declaration.retention, problems),
  };
}
