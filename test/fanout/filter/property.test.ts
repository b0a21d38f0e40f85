import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { buildSchema, type GraphQLNamedOutputType, isOutputType } from 'graphql';
import { compileFilter } from '../../../src/fanout/filter/compile.ts';
import type { JsonObject, JsonValue } from '../../../src/json/value.ts';

const seed = Number(process.env['SLUICE_TEST_SEED'] ?? Date.now() % 2 ** 31);

const type = buildSchema(`
  scalar DateTime
  scalar Long
  enum Colour { RED GREEN }
  type Query {
    number: Float  text: String  id: ID  colour: Colour  flag: Boolean  at: DateTime  long: Long
    texts: [String]  grid: [[Float!]]  inner: Query  inners: [Query!]
  }
`).getType('Query') as GraphQLNamedOutputType;
assert.ok(isOutputType(type));

type Kind = 'number' | 'text' | 'id' | 'colour' | 'flag' | 'at' | 'long';

/** Kind of the leaves, and how deep in lists they are. */
const LEAVES: Readonly<Record<string, readonly [Kind, number]>> = {
  number: ['number', 0],
  text: ['text', 0],
  id: ['id', 0],
  colour: ['colour', 0],
  flag: ['flag', 0],
  at: ['at', 0],
  long: ['long', 0],
  texts: ['text', 1],
  grid: ['number', 2],
};
const OPERATORS = ['eq', 'ne', 'in', 'gt', 'gte', 'lt', 'lte', 'startsWith', 'contains', 'exists'];

/** Few values, so that they meet often. All fit their type or are null. */
const VALUES: Readonly<Record<Kind, readonly JsonValue[]>> = {
  number: [0, 1, 1.5, -2],
  text: ['', 'a', 'ab', 'b'],
  id: ['1', 1, 'a', '2'],
  colour: ['RED', 'GREEN'],
  flag: [true, false],
  at: ['2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00', '2025-12-31T23:59:59.999Z', '2026-06-01T00:00:00Z'],
  long: [1, '1', 9007199254740993n, '9007199254740993', '9007199254740992', -5],
};

const operandOf = (kind: Kind) =>
  fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...VALUES[kind]) }, fc.constant(null));

function leafValue(name: string): fc.Arbitrary<JsonValue> {
  const [kind, lists] = LEAVES[name] ?? (['text', 0] as const);
  let value: fc.Arbitrary<JsonValue> = operandOf(kind);
  for (let depth = 0; depth < lists; depth += 1) value = fc.array(value, { maxLength: 3 });
  return value;
}

function leafFilter(name: string): fc.Arbitrary<JsonObject> {
  const [kind] = LEAVES[name] ?? (['text', 0] as const);
  const operand = (operator: string): fc.Arbitrary<JsonValue> => {
    if (operator === 'exists') return fc.boolean();
    return operator === 'in' ? fc.array(operandOf(kind), { maxLength: 3 }) : operandOf(kind);
  };
  // Text operators are for texts alone.
  const usable = OPERATORS.filter((operator) => kind === 'text' || !/startsWith|contains/.test(operator));
  const pair = fc.constantFrom(...usable).chain((operator) => fc.tuple(fc.constant(operator), operand(operator)));
  return fc.array(pair, { minLength: 1, maxLength: 2 }).map((pairs) => Object.fromEntries(pairs));
}

const { filter, event } = fc.letrec<{ filter: JsonObject; event: JsonObject }>((tie) => {
  const leaf = fc.constantFrom(...Object.keys(LEAVES));
  const condition = fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf.chain((name) => fc.tuple(fc.constant(name), leafFilter(name))),
    fc.tuple(fc.constantFrom('inner', 'inners', 'not'), tie('filter')),
    fc.tuple(fc.constantFrom('and', 'or'), fc.array(tie('filter'), { maxLength: 3 })),
  );
  const member = fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf.chain((name) => fc.tuple(fc.constant(name), leafValue(name))),
    fc.tuple(fc.constant('inner'), tie('event')),
    fc.tuple(fc.constant('inners'), fc.array(tie('event'), { maxLength: 2 })),
  );
  return {
    filter: fc.array(condition, { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
    event: fc.array(member, { maxLength: 8 }).map((entries) => Object.fromEntries(entries)),
  };
});

/** The rules of design §8 as plainly as they can be written. */
function holds(where: JsonObject, value: JsonObject): boolean {
  for (const [name, part] of Object.entries(where)) {
    if (name === 'and' && !(part as JsonObject[]).every((each) => holds(each, value))) return false;
    if (name === 'or' && !(part as JsonObject[]).some((each) => holds(each, value))) return false;
    if (name === 'not' && holds(part as JsonObject, value)) return false;
    const member = value[name] ?? null;
    if (name === 'inner' && (member === null || !holds(part as JsonObject, member as JsonObject))) return false;
    if (name === 'inners' && !((member ?? []) as JsonObject[]).some((each) => holds(part as JsonObject, each)))
      return false;
    const leaf = LEAVES[name];
    if (leaf !== undefined && !leafHolds(leaf[0], part as JsonObject, member)) return false;
  }
  return true;
}

function leafHolds(kind: Kind, part: JsonObject, member: JsonValue): boolean {
  if ('exists' in part && part['exists'] !== (member !== null)) return false;
  const operators = Object.entries(part).filter(([operator]) => operator !== 'exists');
  if (operators.length === 0) return true;
  const elements = [member].flat(3) as JsonValue[];
  return elements.some((element) =>
    operators.every(([operator, operand]) => compares(kind, operator, element, operand)),
  );
}

function compares(kind: Kind, operator: string, element: JsonValue, operand: JsonValue): boolean {
  if (element === null || operand === null) return false;
  if (operator === 'in') return (operand as JsonValue[]).some((each) => compares(kind, 'eq', element, each));
  const [a, b] = [plain(kind, element), plain(kind, operand)] as [string, string];
  switch (operator) {
    case 'eq':
      return a === b;
    case 'ne':
      return a !== b;
    case 'gt':
      return a > b;
    case 'gte':
      return a > b || a === b;
    case 'lt':
      return a < b;
    case 'lte':
      return a < b || a === b;
    case 'startsWith':
      return a.indexOf(b) === 0;
    default:
      return a.indexOf(b) !== -1;
  }
}

function plain(kind: Kind, value: JsonValue): unknown {
  if (kind === 'at') return Date.parse(String(value));
  if (kind === 'long') return BigInt(value as string);
  return kind === 'id' ? String(value) : value;
}

describe('compileFilter', () => {
  test('equals the rules written plainly, for any filter and event', (context) => {
    let passed = 0;
    let compared = 0;
    fc.assert(
      fc.property(filter, fc.array(event, { minLength: 3, maxLength: 3 }), (where, events) => {
        const compiled = compileFilter(type, where);
        for (const each of events) {
          const before = structuredClone(each);
          const expected = holds(where, each);
          assert.equal(compiled(each), expected);
          assert.deepEqual(each, before);
          compared += 1;
          if (expected) passed += 1;
        }
      }),
      { seed, numRuns: 4000 },
    );
    context.diagnostic(`seed ${seed} (SLUICE_TEST_SEED), ${compared} cases, ${passed} passed the filter`);
    assert.ok(passed > compared / 10 && passed < (compared * 9) / 10, `${passed} of ${compared} passed the filter`);
  });

  test('never throws on an event that does not fit the type', () => {
    fc.assert(
      fc.property(
        filter,
        fc.dictionary(fc.constantFrom(...Object.keys(LEAVES), 'inner', 'inners'), fc.jsonValue()),
        (where, broken) => {
          assert.equal(typeof compileFilter(type, where)(broken as JsonObject), 'boolean');
        },
      ),
      { seed, numRuns: 3000 },
    );
  });
});
