import { buildSchema, type GraphQLNamedOutputType, type GraphQLSchema, isAbstractType, isOutputType } from 'graphql';
import type { JsonObject } from '../../../src/json/value.ts';
import type { Topic } from '../../../src/routing/topic.ts';
import { loadSchema } from '../../../src/schema/load-schema.ts';
import { BUILT_IN_SCALARS } from '../../../src/schema/scalars/built-in.ts';
import { ENUM_VALUES, type FieldModel, type SchemaModel, type TypeModel } from './generate-schema.ts';
import { teachScalars } from './scalars.ts';

export interface BuiltSchema {
  readonly model: SchemaModel;
  readonly text: string;
  /** What documents are validated against and compiled for. */
  readonly schema: GraphQLSchema;
  /** What graphql-js executes: never made by the schema room, its types told apart by the test's own code. */
  readonly oracle: GraphQLSchema;
  readonly eventType: GraphQLNamedOutputType;
  readonly topic: Topic | undefined;
}

export function buildSchemas(model: SchemaModel): BuiltSchema {
  const oracle = plainSchema(model);
  const derived = model.topic === undefined ? undefined : derivedSchema(model);
  const schema = derived?.schema ?? oracle;
  const eventType = schema.getType(model.root.base);
  if (!isOutputType(eventType)) throw new Error('the events have no type');
  return {
    model,
    text: derived?.text ?? plainText(model),
    schema,
    oracle,
    eventType: eventType as GraphQLNamedOutputType,
    topic: derived?.topic,
  };
}

function plainText(model: SchemaModel): string {
  const scalars = BUILT_IN_SCALARS.map(({ name }) => `scalar ${name}`);
  return [
    'type Query { none: Int }',
    `type Subscription {${fieldTexts([model.root])}}`,
    ...scalars,
    ...typeTexts({ ...model, topic: undefined }),
  ].join('\n');
}

function plainSchema(model: SchemaModel): GraphQLSchema {
  const schema = buildSchema(plainText(model));
  teachScalars(schema);
  for (const { name, coerceOutputValue } of BUILT_IN_SCALARS) {
    const scalar = schema.getType(name);
    if (scalar !== undefined && 'coerceOutputValue' in scalar) scalar.coerceOutputValue = coerceOutputValue;
  }
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) type.resolveType = typeReader(model, type.name);
  }
  return schema;
}

/** How the type of a value is told, as plainly as it can be written. */
function typeReader(model: SchemaModel, typeName: string): (value: JsonObject) => string | undefined {
  const discriminator = typeName === model.root.base ? model.topic?.discriminator : undefined;
  return (value) => {
    const member = discriminator?.member ?? '__typename';
    const told = Object.hasOwn(value, member) ? value[member] : undefined;
    if (discriminator !== undefined) return [...discriminator.texts].find(([, text]) => text === told)?.[0];
    if (model.topic === undefined && typeName === 'Thing') {
      if (told === undefined) throw new Error('the event names no type');
      // Breaks the contract where the event does: only graphql-js knows what to say of it.
      return told as string;
    }
    return typeof told === 'string' ? told : undefined;
  };
}

function derivedSchema(model: SchemaModel): {
  readonly text: string;
  readonly schema: GraphQLSchema;
  readonly topic: Topic;
} {
  const text = typeTexts(model).join('\n');
  const { schema, topics } = loadSchema({ file: 'generated.graphql', text });
  teachScalars(schema);
  const [api] = topics;
  if (api === undefined) throw new Error('the schema has no topic');
  return { text, schema, topic: api.topic };
}

function typeTexts(model: SchemaModel): string[] {
  const bases = new Set([...model.types.values()].flatMap(({ fields }) => fields.map(({ base }) => base)));
  const texts = ['Odd', 'Bad'].filter((name) => bases.has(name)).map((name) => `scalar ${name}`);
  if (bases.has('Colour')) texts.push(`enum Colour { ${ENUM_VALUES.join(' ')} }`);
  for (const type of model.types.values()) texts.push(typeText(model, type));
  return texts;
}

function typeText(model: SchemaModel, type: TypeModel): string {
  const { name, kind, fields, possible } = type;
  const directives = topicText(model, name) + eventText(model, name);
  if (kind === 'union') return `union ${name}${directives} = ${possible.join(' | ')}`;
  const interfaces = [...model.types.values()].filter(
    (other) => other.kind === 'interface' && other.name !== name && kind === 'object' && other.possible.includes(name),
  );
  const list = interfaces.length === 0 ? '' : ` implements ${interfaces.map((other) => other.name).join(' & ')}`;
  return `${kind === 'interface' ? 'interface' : 'type'} ${name}${list}${directives} {${fieldTexts(fields)}}`;
}

function topicText({ topic, root }: SchemaModel, name: string): string {
  if (topic === undefined || name !== root.base) return '';
  const { argument, parameter, wildcard, discriminator } = topic;
  const renamed = argument === parameter.name ? parameter.name : `${parameter.name} as ${argument}`;
  const kind = discriminator === undefined ? '' : `, discriminator: "${discriminator.member}"`;
  return ` @topic(name: "t.{${renamed}}", delivery: EPHEMERAL, wildcard: ${wildcard}, mutation: null, subscription: "event"${kind})`;
}

function eventText({ topic }: SchemaModel, name: string): string {
  const text = topic?.discriminator?.texts.get(name);
  return text === undefined || text === name ? '' : ` @event(value: "${text}")`;
}

function fieldTexts(fields: readonly FieldModel[]): string {
  return fields.map(({ name, base, wrapper }) => ` ${name}: ${wrapper.replace('T', base)} `).join('');
}
