import {
  type DirectiveNode,
  type DocumentNode,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type GraphQLUnionType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  type NameNode,
} from 'graphql';
import { DELIVERIES, type Delivery, type Placement } from '../routing/topic.ts';
import { DirectiveArguments, type Given } from './directive-arguments.ts';
import type { ProblemList } from './problem-list.ts';

/** A type whose values are the events of a topic. */
export type EventType = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType;

/** A `@topic` as it was written, its values not judged yet. What is missing or of a wrong type is undefined, and reported. */
export interface TopicDeclaration {
  readonly type: EventType;
  readonly typeName: NameNode;
  readonly directive: DirectiveNode;
  readonly name: Given<string> | undefined;
  readonly delivery: Given<Delivery> | undefined;
  readonly key: Given<string> | undefined;
  readonly placement: Given<Placement> | undefined;
  readonly partitions: Given<number> | undefined;
  readonly retention: Given<string> | undefined;
  readonly maxEvents: Given<number> | undefined;
  readonly foreignWriters: Given<boolean> | undefined;
  readonly wildcard: Given<boolean> | undefined;
  readonly discriminator: Given<string> | undefined;
  readonly kafkaTopic: Given<string> | undefined;
  readonly subscription: Given<string | null> | undefined;
  readonly mutation: Given<string | null> | undefined;
  readonly query: Given<string | null> | undefined;
}

function readDeclaration(
  type: EventType,
  typeName: NameNode,
  directive: DirectiveNode,
  problems: ProblemList,
): TopicDeclaration {
  const given = new DirectiveArguments(directive, problems);
  return {
    type,
    typeName,
    directive,
    name: given.string('name', '"quakes.{network}"'),
    delivery: given.choice('delivery', DELIVERIES),
    key: given.string('key', '"network"'),
    placement: given.choice<Placement>('placement', ['ANY', 'KEY']),
    partitions: given.count('partitions', 6),
    retention: given.string('retention', '"30d"'),
    maxEvents: given.count('maxEvents', 10_000),
    foreignWriters: given.boolean('foreignWriters'),
    wildcard: given.boolean('wildcard'),
    discriminator: given.string('discriminator', '"kind"'),
    kafkaTopic: given.string('kafkaTopic', '"quakes"'),
    subscription: given.nameOrNull('subscription', '"quake", or null to have none'),
    mutation: given.nameOrNull('mutation', '"publishQuake", or null to have none'),
    query: given.nameOrNull('query', '"quakeHistory", or null to have none'),
  };
}

/** Every `@topic` of a document, in the order of the file. A second one on the same type is reported elsewhere. */
export function readDeclarations(
  document: DocumentNode,
  schema: GraphQLSchema,
  problems: ProblemList,
): readonly TopicDeclaration[] {
  const found = new Map<EventType, TopicDeclaration>();
  for (const node of document.definitions) {
    if (!('directives' in node) || !('name' in node) || node.name === undefined) continue;
    const type = schema.getType(node.name.value);
    if (!isObjectType(type) && !isInterfaceType(type) && !isUnionType(type)) continue;
    for (const directive of node.directives ?? []) {
      if (directive.name.value !== 'topic' || found.has(type)) continue;
      found.set(type, readDeclaration(type, node.name, directive, problems));
    }
  }
  return [...found.values()];
}
