import type { JsonObject, JsonValue } from '../../../src/json/value.ts';
import { TIMES } from './generate-event.ts';
import { ENUM_VALUES, type FieldModel, type SchemaModel, type TypeModel } from './generate-schema.ts';
import type { Tape } from './tape.ts';

const ORDERED = ['eq', 'ne', 'in', 'gt', 'gte', 'lt', 'lte', 'exists'];
const EQUAL = ['eq', 'ne', 'in', 'exists'];

/** Operators by scalar (design §8). */
const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  String: [...ORDERED, 'startsWith', 'contains'],
  ID: [...EQUAL, 'startsWith'],
  Int: ORDERED,
  Float: ORDERED,
  Boolean: ['eq', 'ne', 'exists'],
  DateTime: ORDERED,
  Timestamp: ORDERED,
  Long: ORDERED,
  JSON: ['exists'],
};

/** Values that events have too, so that they meet often. */
const OPERANDS: Readonly<Record<string, readonly JsonValue[]>> = {
  String: ['a', '', 'plain text', '42'],
  ID: ['42', 42, 'a', '1'],
  Int: [0, 7, -1],
  Float: [0, 1.5, -1, 1e21],
  Boolean: [true, false],
  Colour: ENUM_VALUES,
  DateTime: TIMES,
  Timestamp: [0, 1e12, -1],
  Long: ['0', 1, 9007199254740993n, '9007199254740993'],
  Cursor: ['abc', 'sl1.x-_'],
  Odd: [1, 'odd', [1], { a: 1 }],
  Bad: [2.5, 'odd'],
};

/** The fields of a filter: those that every event of the type has. */
export function commonFields({ types }: SchemaModel, type: TypeModel): readonly FieldModel[] {
  if (type.kind !== 'union') return type.fields;
  const [first, ...others] = type.possible.map((name) => types.get(name)?.fields ?? []);
  return (first ?? []).filter((field) => others.every((fields) => fields.includes(field)));
}

/** Whether a type has anything to filter by. */
export function isFilterable(model: SchemaModel, name: string, above: readonly string[] = []): boolean {
  const type = model.types.get(name);
  if (type === undefined) return true;
  if (above.includes(name)) return false;
  return commonFields(model, type).some(({ base }) => isFilterable(model, base, [...above, name]));
}

/** A value of the argument `where`, for events of this type. */
export function generateFilter(tape: Tape, model: SchemaModel, name: string): JsonObject {
  function filter(type: TypeModel, depth: number): JsonObject {
    const fields = commonFields(model, type).filter(({ base }) => isFilterable(model, base));
    const where: Record<string, JsonValue> = {};
    const count = 1 + tape.below(2);
    for (let index = 0; index < count; index += 1) {
      const choice = depth > 3 || tape.ended ? 0 : tape.below(10);
      if (choice < 7) {
        const field = tape.pick(fields);
        where[field.name] = tape.chance(4) ? null : condition(field, depth + 1);
      } else if (choice === 7) where['not'] = filter(type, depth + 1);
      else where[choice === 8 ? 'and' : 'or'] = Array.from({ length: tape.below(4) }, () => filter(type, depth + 1));
    }
    return where;
  }

  function condition({ base }: FieldModel, depth: number): JsonObject {
    const type = model.types.get(base);
    if (type !== undefined) return depth > 5 ? {} : filter(type, depth);
    const where: Record<string, JsonValue> = {};
    const count = tape.pick([1, 1, 1, 2]);
    for (let index = 0; index < count; index += 1) {
      const operator = tape.pick(OPERATORS[base] ?? EQUAL);
      where[operator] = operand(operator, base);
    }
    return where;
  }

  function operand(operator: string, base: string): JsonValue {
    if (tape.chance(5)) return null;
    if (operator === 'exists') return !tape.chance(40);
    const values = OPERANDS[base] ?? [];
    if (operator === 'in') return Array.from({ length: tape.below(4) }, () => tape.pick(values));
    return tape.pick(values);
  }

  const type = model.types.get(name);
  if (type === undefined) throw new Error(`no type ${name}`);
  return filter(type, 0);
}
