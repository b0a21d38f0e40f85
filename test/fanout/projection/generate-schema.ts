import { buildSchema, GraphQLError, GraphQLScalarType, type GraphQLSchema, isAbstractType } from 'graphql';
import type { JsonObject } from '../../../src/json/value.ts';
import type { Tape } from './tape.ts';

/** Every field name stands for one type in all types of a schema, so that any two selections of it can be merged. */
export interface FieldModel {
  readonly name: string;
  readonly base: string;
  /** `T` stands for the base type. */
  readonly wrapper: string;
}

export interface TypeModel {
  readonly name: string;
  readonly kind: 'object' | 'interface' | 'union';
  /** None for a union. */
  readonly fields: readonly FieldModel[];
  /** Names of the object types that a value may have. */
  readonly possible: readonly string[];
}

export interface SchemaModel {
  readonly text: string;
  readonly schema: GraphQLSchema;
  readonly types: ReadonlyMap<string, TypeModel>;
  readonly root: FieldModel;
}

export const ENUM_VALUES: readonly string[] = ['RED', 'GREEN', 'constructor'];
const LEAVES = ['String', 'Int', 'Float', 'Boolean', 'ID', 'Colour', 'Long', 'JSON', 'Odd'];
const NAMES = ['f0', 'f1', 'f2', 'f3', 'f4', 'f5', 'f6', 'f7', 'constructor', 'toString', 'valueOf'];
const WRAPPERS = ['T', 'T', 'T', 'T!', 'T!', '[T]', '[T!]', '[T!]!', '[[T]]', '[[T!]!]', '[[T]!]!'];
const ABSTRACTS = [[], ['Either'], ['Either', 'Node'], ['Either', 'Thing'], ['Node', 'Thing', 'Either']];
const OBJECTS = ['Alpha', 'Beta', 'Gamma', 'Delta'];

export function generateSchema(tape: Tape): SchemaModel {
  const objects = OBJECTS.slice(0, 1 + tape.below(OBJECTS.length));
  const abstracts = tape.pick(ABSTRACTS);
  const composites = [...objects, ...abstracts];
  const fields = NAMES.map((name, index): FieldModel => {
    const composite = index % 3 === 1 || tape.chance(25);
    return { name, base: tape.pick(composite ? composites : LEAVES), wrapper: tape.pick(WRAPPERS) };
  });
  const members = new Map<string, readonly string[]>();
  const interfaceFields = new Map<string, readonly FieldModel[]>();
  for (const name of abstracts) {
    members.set(name, tape.some(objects));
    if (name !== 'Either') interfaceFields.set(name, tape.some(fields).slice(0, 3));
  }
  const types = new Map<string, TypeModel>();
  const texts: string[] = [];
  for (const name of objects) {
    const implemented = [...interfaceFields.keys()].filter((abstract) => members.get(abstract)?.includes(name));
    const inherited = implemented.flatMap((abstract) => interfaceFields.get(abstract) ?? []);
    const own = [...new Set([...inherited, ...tape.some(fields)])];
    types.set(name, { name, kind: 'object', fields: own, possible: [name] });
    const list = implemented.length === 0 ? '' : ` implements ${implemented.join(' & ')}`;
    texts.push(`type ${name}${list} {${fieldTexts(own)}}`);
  }
  for (const [name, possible] of members) {
    const common = interfaceFields.get(name);
    const kind = common === undefined ? 'union' : 'interface';
    types.set(name, { name, kind, fields: common ?? [], possible });
    texts.push(
      common === undefined ? `union ${name} = ${possible.join(' | ')}` : `interface ${name} {${fieldTexts(common)}}`,
    );
  }
  // Composites are first, so that the simplest root is an object.
  const root: FieldModel = {
    name: 'event',
    base: tape.pick([...composites, ...abstracts]),
    wrapper: tape.chance(4) ? 'T!' : 'T',
  };
  const text = [
    'type Query { none: Int }',
    `type Subscription {${fieldTexts([root])}}`,
    `enum Colour { ${ENUM_VALUES.join(' ')} }`,
    'scalar Long\nscalar JSON\nscalar Odd',
    ...texts,
  ].join('\n');
  return { text, schema: executable(text), types, root };
}

function fieldTexts(fields: readonly FieldModel[]): string {
  return fields.map(({ name, base, wrapper }) => ` ${name}: ${wrapper.replace('T', base)} `).join('');
}

/** The schema with what the gateway's schema room would add: result coercion of scalars, and types by discriminator. */
function executable(text: string): GraphQLSchema {
  const schema = buildSchema(text);
  for (const [name, coerce] of Object.entries(SCALARS)) {
    const scalar = schema.getType(name);
    if (scalar instanceof GraphQLScalarType) scalar.coerceOutputValue = coerce;
  }
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isAbstractType(type)) continue;
    type.resolveType = (value: JsonObject) => {
      const name = Object.hasOwn(value, '__typename') ? value['__typename'] : undefined;
      if (type.name === 'Thing' && typeof name !== 'string') throw new Error('the event names no type');
      return name as string;
    };
  }
  return schema;
}

const SCALARS: Readonly<Record<string, (value: unknown) => unknown>> = {
  Long(value) {
    if (typeof value === 'number' && Number.isInteger(value)) return String(value);
    if (typeof value === 'bigint') return value.toString();
    if (typeof value === 'string' && /^-?[0-9]+$/.test(value)) return value;
    throw new GraphQLError('Long cannot represent this value');
  },
  JSON: (value) => value,
  /** Does what custom scalars may do: throws, gives objects, numbers, bigints, and (which is a mistake) null. */
  Odd(value) {
    if (value === 'null') return null;
    if (typeof value === 'boolean') throw 'a text that is no Error';
    if (typeof value === 'string') return { odd: [value], __proto__: null };
    if (typeof value === 'number') return value * 3;
    if (typeof value === 'bigint') return value + 1n;
    throw new TypeError('Odd\n"cannot" represent this');
  },
};
