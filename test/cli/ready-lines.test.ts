import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type GraphQLSchema, parse, validate, validateInputValue } from 'graphql';
import { EXAMPLE_LINES } from '../../src/cli/example-lines.ts';
import { readyLines } from '../../src/cli/ready-lines.ts';
import { OPTIONS } from '../../src/config/options.ts';
import type { GatewaySchema } from '../../src/schema/gateway-schema.ts';
import { loadSchema } from '../../src/schema/load-schema.ts';

const URL_4000 = 'http://127.0.0.1:4000/graphql';

/** The words of each line, as a shell takes them. */
function wordsOf(schema: GatewaySchema, url = URL_4000): readonly (readonly string[])[] {
  return readyLines({ schema, program: './sluice', url, defaultUrl: URL_4000, now: Date.UTC(2026, 0, 1) }).map((line) =>
    execFileSync('/bin/sh', ['-c', `for word in ${line}; do printf '%s\\0' "$word"; done`], { encoding: 'utf8' })
      .split('\0')
      .slice(0, -1),
  );
}

function inputProblems(schema: GraphQLSchema, typeName: string, json: string): readonly string[] {
  const type = schema.getType(`${typeName}Input`);
  const problems: string[] = [];
  assert.ok(type && 'getFields' in type);
  validateInputValue(JSON.parse(json), type as never, (error) => void problems.push(error.message));
  return problems;
}

function assertLinesWork(schema: GatewaySchema, lines: readonly (readonly string[])[]): void {
  for (const [command, first = '', second = ''] of lines) {
    if (command === 'subscribe') assert.deepEqual(validate(schema.schema, parse(first)), [], first);
    else assert.deepEqual(inputProblems(schema.schema, first, second), [], second);
  }
}

test('the lines of the bundled example fit its schema', () => {
  const file = OPTIONS.schema.fallback ?? '';
  assertLinesWork(loadSchema({ file, text: readFileSync(file, 'utf8') }), EXAMPLE_LINES);
});

test("the lines for a user's schema fit it, and the subscription sees the published event", () => {
  const text = `
    enum Side { buy sell }
    input Unused { a: Int }
    type Line { sku: String! count: Int! }
    type Order @topic(name: "o.{customer}.{side}", delivery: DURABLE) {
      customer: ID! side: Side! at: DateTime! ms: Timestamp! big: Long! json: JSON! lines: [Line!]! ok: Boolean! note: String
    }
  `.replace('input Unused { a: Int }', '');
  const schema = loadSchema({ file: 's', text });
  const lines = wordsOf(schema);
  assert.deepEqual(
    lines.map((words) => words.slice(0, 2)),
    [
      ['./sluice', 'subscribe'],
      ['./sluice', 'publish'],
    ],
  );
  assertLinesWork(
    schema,
    lines.map((words) => words.slice(1)),
  );
  assert.match(lines[0]?.[2] ?? '', /order\(customer: "customer-1", side: buy\)/);
  assert.match(lines[1]?.[3] ?? '', /"customer":"customer-1","side":"buy"/);
});

test('a union is published through one member, and selected by its type name', () => {
  const text = `
    type Placed { shop: ID! id: ID! }
    type Paid { shop: ID! cents: Int! }
    union Event @topic(name: "shop.{shop}", delivery: DURABLE) = Placed | Paid
  `;
  const schema = loadSchema({ file: 's', text });
  const lines = wordsOf(schema);
  assertLinesWork(
    schema,
    lines.map((words) => words.slice(1)),
  );
  assert.match(lines[0]?.[2] ?? '', /event\(shop: "shop-1"\) \{ __typename \}/);
});

test("a read-only topic gives no publish line; a port of one's own is named", () => {
  const text = 'type A @topic(name: "a", delivery: EPHEMERAL, mutation: null) { id: ID! }';
  const lines = wordsOf(loadSchema({ file: 's', text }), 'http://127.0.0.1:5000/graphql');
  assert.deepEqual(lines, [
    ['./sluice', 'subscribe', 'subscription { a { id } }', '--url', 'http://127.0.0.1:5000/graphql'],
  ]);
});
