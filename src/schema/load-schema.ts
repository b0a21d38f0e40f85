import {
  type DocumentNode,
  extendSchema,
  GraphQLError,
  type GraphQLNamedOutputType,
  type GraphQLSchema,
  isOutputType,
  parse,
  Source,
  validateSchema,
} from 'graphql';
import type { JsonObject } from '../json/value.ts';
import { checkEventDirectives, type Discriminator } from './discriminator.ts';
import { EventRewriter } from './event-from-input.ts';
import { checkFields } from './field-checks.ts';
import { filteredTypes, filterTypes } from './filter-types.ts';
import type { GatewaySchema, TopicApi } from './gateway-schema.ts';
import { checkInputs } from './input-checks.ts';
import { inputTypes } from './input-types.ts';
import { checkDirectives } from './known-directives.ts';
import { type MemberConstants, memberConstants } from './member-constants.ts';
import { ProblemList } from './problem-list.ts';
import { checkUnusedTypes, reachableTypes } from './reachable-types.ts';
import { checkFieldNames, checkTypeNames } from './reserved-names.ts';
import { resolveTypes } from './resolve-types.ts';
import { rootTypes, type SoundPlan } from './root-types.ts';
import { SchemaError } from './schema-error.ts';
import { checkCollisions } from './topic-collisions.ts';
import { type EventType, readDeclarations } from './topic-declaration.ts';
import { planTopic, type TopicPlan } from './topic-plan.ts';
import { readUserTypes, type UserTypes } from './user-types.ts';

/** A schema file as it was read. */
export interface SchemaFile {
  /** Its path, for messages. */
  readonly file: string;
  readonly text: string;
}

/** What the checks found out and the derivation goes on with. */
interface CheckedSchema {
  readonly plans: readonly TopicPlan[];
  readonly inputs: ReadonlySet<GraphQLNamedOutputType>;
  readonly filtered: ReadonlySet<GraphQLNamedOutputType>;
  readonly constants: MemberConstants;
}

function parseFile(source: Source, problems: ProblemList): DocumentNode {
  try {
    return parse(source);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const start = error.positions?.[0] ?? 0;
    const end = source.body.indexOf('\n', start);
    const fix =
      'Write GraphQL type definitions, for example: type Quake @topic(name: "quakes", delivery: DURABLE) { id: ID! }';
    problems.addAt(start, end === -1 ? source.body.length : end, error.message, fix);
    throw new SchemaError(problems.all);
  }
}

function eventTypes(plans: readonly TopicPlan[]): readonly EventType[] {
  return plans.map(({ declaration }) => declaration.type);
}

function check({ document, schema, unknown }: UserTypes, problems: ProblemList): CheckedSchema {
  checkDirectives(document, problems);
  const declarations = readDeclarations(document, schema, problems);
  const plans = declarations.map((declaration) => planTopic(declaration, schema, unknown, problems));
  checkEventDirectives(declarations, schema, problems);
  checkCollisions(plans, problems);
  checkFieldNames(plans, problems);

  const publishable = plans.filter(({ fields }) => fields.mutation !== undefined);
  const readable = plans.filter(({ fields }) => fields.subscription !== undefined || fields.query !== undefined);
  const reached = reachableTypes(eventTypes(plans), schema);
  const inputs = reachableTypes(eventTypes(publishable), schema);
  const filterable = filteredTypes(eventTypes(readable), schema);
  const constants = memberConstants(plans);
  checkTypeNames(plans, inputs, filterable, schema, problems);
  checkFields(reached, filterable, problems);
  checkInputs(inputs, constants, schema, problems);
  if (plans.length > 0) {
    checkUnusedTypes(reached, schema, unknown, problems);
  } else if (problems.isEmpty) {
    problems.add(
      undefined,
      'no type has @topic, so there is nothing to serve',
      'Put it on the type of an event: type Quake @topic(name: "quakes", delivery: DURABLE) { id: ID! }',
    );
  }
  return { plans, inputs, filtered: filterable, constants };
}

function topicApi(plan: SoundPlan, schema: GraphQLSchema, rewriter: EventRewriter): TopicApi {
  const { topic, fields } = plan;
  const eventType = schema.getType(topic.typeName);
  if (!isOutputType(eventType)) throw new Error(`The derived schema lacks ${topic.typeName}.`);
  const rewrite = rewriter.rewriteOf(eventType);
  // Coerced inputs are JSON: the input types hold JSON scalars only.
  const eventFromInput = (input: Readonly<Record<string, unknown>>): JsonObject =>
    rewrite === undefined ? (input as JsonObject) : rewrite(input as JsonObject);
  return {
    topic,
    eventType,
    fields: {
      subscription: fields.subscription?.name,
      mutation: fields.mutation?.name,
      mutationBatch: fields.mutationBatch?.name,
      history: fields.query?.name,
    },
    eventFromInput: fields.mutation === undefined ? undefined : eventFromInput,
  };
}

function derive(types: UserTypes, checked: CheckedSchema): GatewaySchema {
  const plans = checked.plans.filter((plan): plan is SoundPlan => plan.topic !== undefined);
  const text =
    rootTypes(plans, checked.filtered, types.schema) +
    inputTypes(checked.inputs, checked.constants, types.schema) +
    filterTypes(checked.filtered);
  const schema = extendSchema(types.schema, parse(text, { noLocation: true }), { assumeValidSDL: true });
  const errors = validateSchema(schema);
  if (errors.length > 0) {
    throw new Error(
      `The derived schema is not valid, which is a bug: ${errors.map(({ message }) => message).join(' ')}`,
    );
  }
  const discriminators = new Map<string, Discriminator>();
  for (const { discriminator, topic } of plans) {
    if (discriminator !== undefined) discriminators.set(topic.typeName, discriminator);
  }
  resolveTypes(schema, discriminators);
  const rewriter = new EventRewriter(schema, discriminators, checked.constants);
  return { schema, topics: plans.map((plan) => topicApi(plan, schema, rewriter)) };
}

/**
 * Reads a schema file, checks it and derives its API (design §1, §8).
 * Throws SchemaError with every problem of the file at once; only a syntax error comes alone, since nothing after it can be read.
 */
export function loadSchema({ file, text }: SchemaFile): GatewaySchema {
  const source = new Source(text, file);
  const problems = new ProblemList(source);
  const types = readUserTypes(parseFile(source, problems), problems);
  const checked = check(types, problems);
  if (!problems.isEmpty) throw new SchemaError(problems.all);
  return derive(types, checked);
}
