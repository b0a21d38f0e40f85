import { extendSchema, GraphQLScalarType, GraphQLSchema, parse, specifiedScalarTypes } from 'graphql';
import { BUILT_IN_SCALARS } from '../../../src/schema/scalars/built-in.ts';
import type { Tape } from '../../fanout/projection/tape.ts';

/** A scalar whose code does everything that graphql-js allows it. */
const OddScalar = new GraphQLScalarType({
  name: 'Odd',
  coerceInputValue(value) {
    if (value === 'undefined') return undefined;
    if (value === 'throw') throw new Error('odd');
    return value;
  },
});

interface InputField {
  readonly name: string;
  readonly base: string;
  readonly wrapper: string;
}

/** Generated input types, by name. */
export type InputTypes = ReadonlyMap<string, { readonly isOneOf: boolean; readonly fields: readonly InputField[] }>;

const LEAVES = [
  'String',
  'Int',
  'Float',
  'Boolean',
  'ID',
  'Colour',
  'DateTime',
  'Timestamp',
  'Long',
  'JSON',
  'Cursor',
  'Odd',
];
const OBJECTS = ['Alpha', 'Beta', 'Gamma'];
const NAMES = ['a', 'b', 'c', 'constructor', 'toString'];
const WRAPPERS = ['T', 'T', 'T!', '[T]', '[T!]!', '[[T]!]'];
const LITERALS: Readonly<Record<string, readonly string[]>> = {
  String: ['"text"', '""'],
  Int: ['3', '-0'],
  Float: ['1.5', '2'],
  Boolean: ['true', 'false'],
  ID: ['7', '"id"'],
  Colour: ['RED', 'constructor'],
  DateTime: ['"2026-11-20T08:30:00Z"'],
  Timestamp: ['1700000000000'],
  Long: ['9007199254740993', '"5"'],
  JSON: ['{ a: [1, 12345678901234567890] }', '"x"'],
  Cursor: ['"place"'],
  Odd: ['1'],
};

/** Values as JSON text: what fits first, then what does not, or only by a rule of its own. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  String: ['"text"', '""', '7', 'true', '{}'],
  Int: ['3', '-2147483648', '-0', '2147483648', '1.5', '12345678901234567890', '"3"'],
  Float: ['1.5', '3', '-0.0', '9007199254740993', '"x"', 'true'],
  Boolean: ['true', 'false', '1', '"true"'],
  ID: ['"id"', '7', '9007199254740993', '1.5', 'true', '[1]'],
  Colour: ['"RED"', '"constructor"', '"BLUE"', '"toString"', '7'],
  DateTime: ['"2026-11-20T08:30:00Z"', '"2026-02-30T00:00:00Z"', '7'],
  Timestamp: ['1700000000000', '8640000000000001', '9007199254740993', '"1"'],
  Long: ['5', '"5"', '9223372036854775807', '9223372036854775808', '1.5', '"x"'],
  JSON: ['{"a":[1,{"__proto__":1}]}', '12345678901234567890', '[]', '"x"'],
  Cursor: ['"place"', '""', '1'],
  Odd: ['1', '"undefined"', '"throw"'],
};

export function generateInputTypes(tape: Tape): InputTypes {
  return new Map(
    OBJECTS.map((name) => {
      const isOneOf = tape.chance(30);
      const fields = tape.some(NAMES).map((field) => ({
        name: field,
        base: tape.pick(tape.chance(30) ? OBJECTS : LEAVES),
        wrapper: isOneOf ? tape.pick(['T', '[T]', '[T!]']) : tape.pick(WRAPPERS),
      }));
      return [name, { isOneOf, fields }] as const;
    }),
  );
}

function typeText({ base, wrapper }: InputField): string {
  return wrapper.replace('T', base);
}

function literal(tape: Tape, { base, wrapper }: InputField): string {
  if (!wrapper.endsWith('!') && tape.chance(10)) return 'null';
  const item = tape.pick(LITERALS[base] ?? ['{}']);
  return wrapper.startsWith('[') && tape.chance(50) ? `[${item}]` : item;
}

export function buildInputSchema(types: InputTypes, tape: Tape): GraphQLSchema {
  let sdl = 'type Query { x: Int } enum Colour { RED GREEN constructor }';
  for (const [name, { isOneOf, fields }] of types) {
    const texts = fields.map((field) => {
      // A default that holds defaults may hold itself, which no valid schema does.
      const preset = !isOneOf && !types.has(field.base) && tape.chance(20) ? ` = ${literal(tape, field)}` : '';
      return `${field.name}: ${typeText(field)}${preset}`;
    });
    sdl += ` input ${name}${isOneOf ? ' @oneOf' : ''} { ${texts.join(' ')} }`;
  }
  const base = new GraphQLSchema({
    types: [...specifiedScalarTypes, ...BUILT_IN_SCALARS, OddScalar],
    assumeValid: true,
  });
  return extendSchema(base, parse(sdl), { assumeValid: true, assumeValidSDL: true });
}

/** Variable definitions, and the JSON text of values for them. */
export function generateVariables(types: InputTypes, tape: Tape): { definitions: string; values: string } {
  const definitions: string[] = [];
  const values: string[] = [];
  for (const name of ['v', 'constructor', '__proto__'].slice(0, 1 + tape.below(3))) {
    const field = { name, base: tape.pick(tape.chance(60) ? OBJECTS : LEAVES), wrapper: tape.pick(WRAPPERS) };
    definitions.push(`$${name}: ${typeText(field)}${tape.chance(20) ? ` = ${literal(tape, field)}` : ''}`);
    if (!tape.chance(10)) values.push(`"${name}":${valueText(types, tape, field, 0)}`);
  }
  return { definitions: definitions.join(' '), values: `{${values.join()}}` };
}

function valueText(types: InputTypes, tape: Tape, { base, wrapper }: InputField, depth: number): string {
  if (tape.chance(wrapper.endsWith('!') ? 3 : 12)) return 'null';
  const inner = wrapper.replace(/!$/, '');
  if (!inner.startsWith('[')) return namedText(types, tape, base, depth);
  const item = { name: '', base, wrapper: inner.slice(1, -1) };
  if (tape.chance(15)) return valueText(types, tape, item, depth);
  return `[${Array.from({ length: tape.below(3) }, () => valueText(types, tape, item, depth)).join()}]`;
}

function namedText(types: InputTypes, tape: Tape, base: string, depth: number): string {
  const type = types.get(base);
  if (type === undefined) {
    const texts = VALUES[base] ?? ['null'];
    return tape.chance(15) ? tape.pick(texts) : (texts[tape.below(2)] ?? 'null');
  }
  if (depth > 4 || tape.chance(4)) return tape.pick(['{}', '7', '[]', '"x"']);
  const wanted = type.isOneOf && !tape.chance(10) ? [tape.pick(type.fields)] : type.fields;
  const members = wanted
    .filter(({ wrapper }) => !tape.chance(wrapper.endsWith('!') ? 4 : 30))
    .map((field) => `"${field.name}":${valueText(types, tape, field, depth + 1)}`);
  if (tape.chance(4)) members.push(`${tape.pick(['"surplus"', '"__proto__"', '"valueOf"'])}:1`);
  return `{${members.join()}}`;
}
