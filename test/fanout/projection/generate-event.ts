import type { JsonObject, JsonValue } from '../../../src/json/value.ts';
import type { Feature } from './features.ts';
import { PARAMETER_VALUES } from './generate-document.ts';
import { ENUM_VALUES, type FieldModel, type SchemaModel } from './generate-schema.ts';
import type { Tape } from './tape.ts';

const TEXTS = [
  'a',
  '',
  'plain text',
  'quote " and \\',
  'line\nbreak',
  'é€ 😀',
  '\ud800',
  '\u0000',
  'x'.repeat(120),
  '42',
];
const NUMBERS = [0, 1, -1, 1.5, -0, 2 ** 31, -(2 ** 31), 1e21, 1e-7, 2 ** 53];
export const TIMES: readonly string[] = [
  '2026-11-20T08:30:00Z',
  '2026-11-20T09:30:00+01:00',
  '2024-02-29T23:59:59.123Z',
  '2026-11-20T08:30Z',
];
const NO_OBJECTS: readonly JsonValue[] = ['text', 7, true, Object.freeze([]), 10n ** 20n];
/** Values that almost fit. */
const NEAR_MISSES: Readonly<Record<string, readonly JsonValue[]>> = {
  DateTime: ['2026-02-30T00:00:00Z', 'yesterday', ''],
  Timestamp: [1.5, 9e15, '0', 10n ** 20n],
  Cursor: ['', 7],
  Colour: ['red', 'toString', 0],
  Long: [1.5, '007', 10n ** 20n, '9223372036854775808'],
  Int: [2 ** 31, 1.5, 'x'],
};
const LARGE = [9007199254740993n, -12345678901234567890n, 10n ** 400n];

/** An event that mostly fits the schema; in some events more values do not than in others. Frozen through and through. */
export function generateEvent(tape: Tape, model: SchemaModel, note: (feature: Feature) => void): JsonObject {
  const brokenPercent = tape.pick([0, 2, 6, 12]);
  const maxDepth = tape.pick([4, 4, 10]);

  function composite(name: string, depth: number): JsonObject {
    const type = model.types.get(name);
    if (type === undefined) throw new Error(`no type ${name}`);
    const object = type.kind === 'object' ? type : model.types.get(tape.pick(type.possible));
    if (object === undefined) throw new Error('no member');
    const value: Record<string, JsonValue> = {};
    const discriminator = name === model.root.base ? model.topic?.discriminator : undefined;
    if (discriminator !== undefined) {
      const told = discriminator.texts.get(object.name) ?? null;
      value[discriminator.member] = tape.chance(brokenPercent + 2)
        ? tape.pick<JsonValue>(['Alpha', 'made', 7, null])
        : told;
    }
    if (type.kind !== 'object' || tape.chance(20)) {
      value['__typename'] = tape.chance(brokenPercent * 2 + 2)
        ? tape.pick<JsonValue>(['Alpha', 'Nothing', 'Colour', 7, null])
        : object.name;
    }
    for (const field of object.fields) {
      if (field === model.topic?.parameter) {
        parameter(value, field, depth);
        continue;
      }
      if (tape.chance(brokenPercent)) continue;
      value[field.name] = wrapped(field, field.wrapper, depth);
    }
    if (tape.chance(10)) Object.defineProperty(value, '__proto__', { value: { f0: 'trap' }, enumerable: true });
    return Object.freeze(value);
  }

  /** It fits wherever it is written; the root's may be left to the event's address. */
  function parameter(value: Record<string, JsonValue>, { name, base: type }: FieldModel, depth: number): void {
    if (depth > 0 || !tape.chance(35)) {
      const exact = PARAMETER_VALUES[type] ?? null;
      value[name] = type === 'ID' && tape.chance(30) ? Number(exact) : exact;
      return;
    }
    note('parameter filled in');
    if (tape.chance(50)) value[name] = null;
  }

  function wrapped(field: FieldModel, wrapper: string, depth: number): JsonValue {
    if (tape.chance(brokenPercent)) return anything();
    const required = wrapper.endsWith('!');
    const inner = required ? wrapper.slice(0, -1) : wrapper;
    if (!required && tape.chance(15)) return null;
    if (inner.startsWith('[')) {
      const length = depth >= maxDepth ? 0 : tape.below(4);
      return Object.freeze(Array.from({ length }, () => wrapped(field, inner.slice(1, -1), depth + 1)));
    }
    return base(field.base, depth);
  }

  function base(name: string, depth: number): JsonValue {
    const near = NEAR_MISSES[name];
    if (near !== undefined && tape.chance(Math.min(60, brokenPercent * 6))) return tape.pick(near);
    switch (name) {
      case 'String':
        return tape.pick(TEXTS);
      case 'Int':
        return tape.pick([0, 7, -1, 2 ** 31 - 1]);
      case 'Float':
        return number();
      case 'Boolean':
        return tape.chance(50);
      case 'ID':
        return tape.chance(50) ? number() : tape.pick(TEXTS);
      case 'Colour':
        return tape.pick(ENUM_VALUES);
      case 'DateTime':
        return tape.pick(TIMES);
      case 'Timestamp':
        return tape.pick([0, 1e12, -1]);
      case 'Cursor':
        return tape.pick(['abc', 'sl1.x-_']);
      case 'Long':
        return tape.chance(50) ? number() : tape.pick(['9007199254740993', '12345678901234567890']);
      case 'JSON':
        return anything();
      case 'Odd':
      case 'Bad':
        return tape.chance(70) ? tape.pick([1, 2.5, 'odd']) : anything();
      default:
        if (tape.chance(brokenPercent)) return tape.pick(NO_OBJECTS);
        // Beyond some depth values end, which is an error where they may not.
        return depth > maxDepth || tape.ended ? null : composite(name, depth + 1);
    }
  }

  function number(): JsonValue {
    if (tape.below(4) > 0) return tape.pick(NUMBERS);
    note('integer beyond 2^53');
    return tape.pick(LARGE);
  }

  function anything(): JsonValue {
    return tape.pick<() => JsonValue>([
      () => null,
      () => tape.pick(TEXTS),
      number,
      () => tape.chance(50),
      () => 'null',
      () => Object.freeze([]),
      () => Object.freeze([number(), 'a', Object.freeze([null])]),
      () => Object.freeze({}),
      () => Object.freeze({ f0: number(), toJSON: 'a', valueOf: 1, length: 2 }),
      () => Object.freeze(JSON.parse('{"__proto__":{"a":[1,"\\ud800"]},"constructor":"x"}')),
    ])();
  }

  return composite(model.root.base, 0);
}
