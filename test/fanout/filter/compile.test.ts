import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildSchema, coerceInputValue, type GraphQLNamedOutputType, isInputType, isOutputType } from 'graphql';
import { compileFilter } from '../../../src/fanout/filter/compile.ts';
import { parseJson } from '../../../src/json/text.ts';
import type { JsonObject } from '../../../src/json/value.ts';
import { loadSchema } from '../../../src/schema/load-schema.ts';
import { RULES } from './rules.ts';

const { schema, topics } = loadSchema({
  file: 'quakes.graphql',
  text: `
    type Quake @topic(name: "quakes.{network}", delivery: EPHEMERAL) {
      id: ID!
      network: String!
      magnitude: Float
      stations: Int
      reviewed: Boolean
      at: DateTime
      sequence: Long
      received: Timestamp
      status: Status
      tags: [String!]
      grid: [[Int]]
      place: Place
      reports: [Place!]
      price: Money
      source: Source
    }
    type Place { name: String  country: String! }
    enum Status { AUTOMATIC REVIEWED }
    scalar Money
    union Source = Agency | Person
    type Agency { name: String!  code: Int }
    type Person { name: String  age: Int }
  `,
});

function eventType(): GraphQLNamedOutputType {
  const [topic] = topics;
  assert.ok(topic);
  return topic.eventType;
}

/** The filter as JSON text, coerced as the gateway coerces it. */
function passes(where: string, event: JsonObject): boolean {
  const inputType = schema.getType('QuakeFilter');
  assert.ok(isInputType(inputType));
  const coerced = coerceInputValue(parseJson(where), inputType);
  assert.ok(coerced, `not a filter: ${where}`);
  return compileFilter(eventType(), coerced as Readonly<Record<string, unknown>>)(Object.freeze(event));
}

describe('compileFilter', () => {
  for (const { rule, where, passing, failing } of RULES) {
    test(`${rule}: ${where}`, () => {
      for (const event of passing) assert.equal(passes(where, event), true, `should pass: ${inspect(event)}`);
      for (const event of failing) assert.equal(passes(where, event), false, `should not pass: ${inspect(event)}`);
    });
  }

  test('A57: inherited members are not fields', () => {
    const type = buildSchema('type Query { constructor: String, valueOf: Int, toString: [Int] }').getType('Query');
    assert.ok(type && isOutputType(type));
    for (const name of ['constructor', 'valueOf', 'toString']) {
      const absent = compileFilter(type, { [name]: { exists: false } });
      assert.equal(absent({}), true);
      assert.equal(absent({ [name]: 1 }), false);
    }
  });

  test('a filter that its input type did not coerce is a bug of the caller', () => {
    assert.throws(() => compileFilter(eventType(), { magnitude: { near: 4 } }), /unknown operator near/);
    assert.throws(() => compileFilter(eventType(), { toString: { eq: 4 } }), /no field toString/);
  });
});

function inspect(event: JsonObject): string {
  return JSON.stringify(event, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}
