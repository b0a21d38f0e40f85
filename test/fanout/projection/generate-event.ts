import type { JsonObject, JsonValue } from '../../../src/json/value.ts';
import type { Feature } from './features.ts';
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
const LARGE = [9007199254740993n, -12345678901234567890n, 10n ** 400n];

/** An event that mostly fits the schema; `brokenPercent` of its values do not. Frozen through and through. */
export function generateEvent(
  tape: Tape,
  model: SchemaModel,
  brokenPercent: number,
  note: (feature: Feature) => void,
): JsonObject {
  function composite(name: string, depth: number): JsonObject {
    const type = model.types.get(name);
    if (type === undefined) throw new Error(`no type ${name}`);
    const object = type.kind === 'object' ? type : model.types.get(tape.pick(type.possible));
    if (object === undefined) throw new Error('no member');
    const value: Record<string, JsonValue> = {};
    if (type.kind !== 'object' || tape.chance(20)) {
      value['__typename'] = tape.chance(brokenPercent * 2 + 2)
        ? tape.pick<JsonValue>(['Alpha', 'Nothing', 'Colour', 7, null])
        : object.name;
    }
    for (const field of object.fields) {
      if (tape.chance(brokenPercent)) continue;
      value[field.name] = wrapped(field, field.wrapper, depth);
    }
    if (tape.chance(10)) Object.defineProperty(value, '__proto__', { value: { f0: 'trap' }, enumerable: true });
    return Object.freeze(value);
  }

  function wrapped(field: FieldModel, wrapper: string, depth: number): JsonValue {
    if (tape.chance(brokenPercent)) return anything();
    const required = wrapper.endsWith('!');
    const inner = required ? wrapper.slice(0, -1) : wrapper;
    if (!required && tape.chance(15)) return null;
    if (inner.startsWith('[')) {
      const length = depth > 3 ? 0 : tape.below(4);
      return Object.freeze(Array.from({ length }, () => wrapped(field, inner.slice(1, -1), depth + 1)));
    }
    return base(field.base, depth);
  }

  function base(name: string, depth: number): JsonValue {
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
      case 'Long':
        return tape.chance(50) ? number() : '12345678901234567890';
      case 'JSON':
        return anything();
      case 'Odd':
        return tape.chance(70) ? tape.pick([1, 2.5, 'odd']) : anything();
      default:
        // Beyond some depth values end, which is an error where they may not.
        return depth > 4 ? null : composite(name, depth + 1);
    }
  }

  function number(): JsonValue {
    if (tape.below(4) > 0) return tape.pick(NUMBERS);
    note('bigint');
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
