import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { buildSchema, type GraphQLNamedOutputType, isOutputType } from 'graphql';
import { compileConjuncts, compileFilter } from '../../../src/fanout/filter/compile.ts';
import { CompiledFilter, type Conjunct } from '../../../src/fanout/filter/compiled-filter.ts';
import type { EqualityDemand } from '../../../src/fanout/filter/equality-demand.ts';
import { FilterIndex, type IndexEntry } from '../../../src/fanout/filter/filter-index.ts';
import type { JsonObject, JsonValue } from '../../../src/json/value.ts';

const seed = Number(process.env['SLUICE_TEST_SEED'] ?? Date.now() % 2 ** 31);

const type = buildSchema(`
  scalar DateTime
  scalar Long
  scalar Timestamp
  scalar Price
  enum Colour { RED GREEN }
  type Query {
    number: Float  whole: Int!  text: String  id: ID!  colour: Colour  flag: Boolean  at: DateTime  long: Long
    stamp: Timestamp  price: Price  texts: [String!]!  ids: [ID]  grid: [[Long]]  inner: Query
  }
`).getType('Query') as GraphQLNamedOutputType;
assert.ok(isOutputType(type));

/** Few values of each kind, so that they meet often, in all the forms in which one value can be written. */
const VALUES: Readonly<Record<string, readonly JsonValue[]>> = {
  number: [0, -0, 1, 1.5, 9007199254740993n],
  whole: [0, 1, 2],
  text: ['', 'a', 'b', '1'],
  id: ['1', 1, 'a', 9007199254740993n, '9007199254740993'],
  colour: ['RED', 'GREEN'],
  flag: [true, false],
  at: ['2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00', '2026-01-01T00:00:00.001Z'],
  long: [1, '1', 9007199254740993n, '9007199254740993', '9007199254740992'],
  stamp: [0, 1, 1_800_000_000_000],
  price: [1, '1', { amount: 1, currency: 'EUR' }, { currency: 'EUR', amount: 1 }, [1], true],
};
const KIND: Readonly<Record<string, string>> = { texts: 'text', ids: 'id', grid: 'long' };
const FIELDS = [...Object.keys(VALUES), ...Object.keys(KIND)];

const valuesOf = (field: string): fc.Arbitrary<JsonValue> => {
  const values = VALUES[KIND[field] ?? field] ?? [];
  return fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...values) }, fc.constant(null));
};

function condition(field: string): fc.Arbitrary<JsonObject> {
  const value = valuesOf(field);
  const eq = value.map((operand) => ({ eq: operand }));
  const isIn = fc.array(value, { maxLength: 3 }).map((operands) => ({ in: operands }));
  const other = fc.oneof(
    value.map((operand) => ({ ne: operand })),
    fc.boolean().map((exists) => ({ exists })),
  );
  return fc.oneof(
    { weight: 3, arbitrary: eq },
    { weight: 2, arbitrary: isIn },
    { weight: 1, arbitrary: fc.constant({ in: null }) },
    { weight: 1, arbitrary: other },
    { weight: 1, arbitrary: fc.tuple(eq, isIn, other).map((parts) => Object.assign({}, ...parts) as JsonObject) },
    { weight: 1, arbitrary: fc.tuple(eq, other).map(([a, b]) => ({ ...a, ...b })) },
  );
}

const where: fc.Arbitrary<JsonObject> = fc.letrec<{ where: JsonObject }>((tie) => ({
  where: fc
    .array(
      fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        fc.constantFrom(...FIELDS).chain((field) => fc.tuple(fc.constant(field), condition(field))),
        fc.tuple(fc.constantFrom('and', 'or'), fc.array(tie('where'), { maxLength: 2 })),
        fc.tuple(fc.constantFrom('not', 'inner'), tie('where')),
        fc.constant(['text', null] as [string, JsonValue]),
      ),
      { maxLength: 3 },
    )
    .map((entries) => Object.fromEntries(entries) as JsonObject),
})).where;

function memberOf(field: string): fc.Arbitrary<JsonValue> {
  if (field === 'grid') return fc.array(fc.array(valuesOf(field), { maxLength: 2 }), { maxLength: 2 });
  if (KIND[field] !== undefined) return fc.array(valuesOf(field), { maxLength: 3 });
  // Now and then something that does not fit the type.
  return fc.oneof(
    { weight: 9, arbitrary: valuesOf(field) },
    fc.constantFrom<JsonValue[]>([], {}, ['a'], 'x', 2.5, true),
  );
}

const flat = fc
  .array(
    fc.constantFrom(...FIELDS).chain((field) => fc.tuple(fc.constant(field), memberOf(field))),
    { maxLength: 14 },
  )
  .map((entries) => Object.fromEntries(entries) as JsonObject);
const event = fc.oneof(
  flat,
  fc.tuple(flat, flat).map(([outer, inner]): JsonObject => ({ ...outer, inner })),
);

function selected<Item extends object>(index: FilterIndex<Item>, value: JsonObject): Item[] {
  const items: Item[] = [];
  index.select(value, (item) => items.push(item));
  return items;
}

/** A demand on a plain text field, whose rest counts its evaluations. */
function counted(field: string, keys: readonly string[], rest: () => boolean): CompiledFilter {
  const demand: EqualityDemand = { field, keys, keysOf: (value) => [value[field] as string], exact: true };
  return new CompiledFilter([
    { passes: () => assert.fail('an exact demand was evaluated'), demand },
    { passes: rest, demand: undefined },
  ]);
}

describe('FilterIndex', () => {
  test('selects exactly the items that evaluating every filter selects, each once, as items come and go', (context) => {
    let hits = 0;
    let demanded = 0;
    fc.assert(
      fc.property(
        fc.array(where, { minLength: 1, maxLength: 25 }),
        fc.array(event, { minLength: 4, maxLength: 4 }),
        fc.infiniteStream(fc.boolean()),
        (filters, events, coins) => {
          const index = new FilterIndex<{ where: JsonObject }>();
          const held = new Map<{ where: JsonObject }, IndexEntry<{ where: JsonObject }>>();
          for (const each of filters) {
            const item = { where: each };
            const compiled = compileConjuncts(type, each);
            if (compiled.demands.length > 0) demanded += 1;
            held.set(item, index.add(item, compiled));
          }
          const check = (): void => {
            for (const value of events) {
              const expected = [...held.keys()].filter((item) => compileFilter(type, item.where)(value));
              const found = selected(index, value);
              hits += found.length;
              assert.equal(found.length, expected.length);
              assert.deepEqual(new Set(found), new Set(expected));
            }
          };
          check();
          for (const [item, entry] of held) {
            if (!coins.next().value) continue;
            index.remove(entry);
            held.delete(item);
          }
          check();
        },
      ),
      { seed, numRuns: 600 },
    );
    context.diagnostic(`seed ${seed} (SLUICE_TEST_SEED), ${demanded} filters had a demand, ${hits} hits`);
    assert.ok(demanded > 1_000 && hits > 1_000, `${demanded} filters with a demand and ${hits} hits prove little`);
  });

  test('with 10,000 filters on one field an event costs the evaluations of those that it hits, and no other', () => {
    const index = new FilterIndex<{ author: string }>();
    let evaluated = 0;
    const rest = (): boolean => {
      evaluated += 1;
      return true;
    };
    for (let at = 0; at < 10_000; at += 1) {
      const author = `author-${at % 5_000}`;
      index.add({ author }, counted('author', [author], rest));
    }
    assert.deepEqual(
      selected(index, { author: 'author-7' }).map(({ author }) => author),
      ['author-7', 'author-7'],
    );
    assert.equal(evaluated, 2);
    assert.deepEqual(selected(index, { author: 'nobody' }), []);
    assert.equal(evaluated, 2);
  });

  test('of several demands it takes the one that fewer share: a status that all ask for is no way to tell them apart', () => {
    const index = new FilterIndex<object>();
    let evaluated = 0;
    const conjunct = (field: string, key: string): Conjunct => ({
      passes(value) {
        evaluated += 1;
        return value[field] === key;
      },
      demand: { field, keys: [key], keysOf: (value) => [value[field] as string], exact: true },
    });
    for (let at = 0; at < 1_000; at += 1) {
      index.add({}, new CompiledFilter([conjunct('status', 'OPEN'), conjunct('customer', String(at))]));
    }
    assert.equal(selected(index, { status: 'OPEN', customer: '999' }).length, 1);
    assert.ok(evaluated <= 2, `${evaluated} evaluations for one hit`);
  });

  test('a filter that demands no value is evaluated for every event, and one that nothing can meet for none', () => {
    const index = new FilterIndex<{ name: string }>();
    index.add({ name: 'all' }, undefined);
    index.add({ name: 'never' }, compileConjuncts(type, { text: { eq: null } }));
    index.add({ name: 'range' }, compileConjuncts(type, { number: { gt: 1 } }));
    assert.deepEqual(
      selected(index, { text: null, number: 2 }).map(({ name }) => name),
      ['all', 'range'],
    );
    assert.deepEqual(
      selected(index, { text: 'a' }).map(({ name }) => name),
      ['all'],
    );
  });

  test('A57: a field is an own member of the event', () => {
    const index = new FilterIndex<object>();
    index.add({}, compileConjuncts(type, { text: { eq: 'inherited' } }));
    const value = Object.create({ text: 'inherited' }) as JsonObject;
    assert.deepEqual(selected(index, value), []);
  });

  test('a long `in` is evaluated instead of taking a place for each of its values', () => {
    const operands = Array.from({ length: 1_000 }, (_, at) => String(at));
    assert.deepEqual(compileConjuncts(type, { text: { in: operands } }).demands, []);
    assert.equal(compileConjuncts(type, { text: { in: operands.slice(0, 100) } }).demands[0]?.keys.length, 100);
  });
});
