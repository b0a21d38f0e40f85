import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type GraphQLSchema, type OperationDefinitionNode, parse, validate } from 'graphql';
import { getVariableValues } from 'graphql/execution';
import { exampleTabs, type Tab } from '../../../src/protocol/graphiql/example-tabs.ts';
import { loadSchema } from '../../../src/schema/load-schema.ts';
import { exampleSchema } from '../../support/earthquakes.ts';

const NOW = Date.UTC(2026, 0, 1);

function tabsOf(text: string): { readonly schema: GraphQLSchema; readonly tabs: readonly Tab[] } {
  const gateway = loadSchema({ file: 'test.graphql', text });
  return { schema: gateway.schema, tabs: exampleTabs(gateway, NOW) };
}

/** The operation of a tab, checked as the gateway would check it. */
function checked(schema: GraphQLSchema, { query, variables }: Tab): OperationDefinitionNode {
  const document = parse(query);
  assert.deepEqual(validate(schema, document), [], query);
  const [definition] = document.definitions;
  assert.ok(definition?.kind === 'OperationDefinition');
  const given = variables === undefined ? {} : JSON.parse(variables);
  const { errors } = getVariableValues(schema, definition.variableDefinitions ?? [], given);
  assert.equal(errors, undefined, variables);
  return definition;
}

const KINDS: readonly (readonly [name: string, text: string, operations: readonly string[]])[] = [
  [
    'the bundled example',
    readFileSync(exampleSchema, 'utf8'),
    ['subscription OnQuake', 'mutation PublishQuake', 'query QuakeHistory', 'query Topics'],
  ],
  [
    'required parameters of every type',
    `enum Side { buy sell }
     type Line { sku: String! count: Int! }
     type Order @topic(name: "o.{customer}.{side}.{n}", delivery: BUFFERED) {
       customer: ID! side: Side! n: Int! at: DateTime! big: Long! lines: [Line!]! note: String
     }`,
    ['subscription OnOrder', 'mutation PublishOrder', 'query OrderHistory', 'query Topics'],
  ],
  [
    'a union',
    `type Placed { id: ID! at: DateTime! } type Shipped { id: ID! carrier: String! }
     union OrderEvent @topic(name: "orders.{id}", delivery: DURABLE) = Placed | Shipped`,
    ['subscription OnOrderEvent', 'mutation PublishOrderEvent', 'query OrderEventHistory', 'query Topics'],
  ],
  [
    'a topic that is read only',
    'type Tick @topic(name: "ticks", delivery: EPHEMERAL, mutation: null) { id: ID! }',
    ['subscription OnTick', 'query Topics'],
  ],
  [
    'history of another topic than the one that is published',
    `type Tick @topic(name: "ticks", delivery: EPHEMERAL) { id: ID! }
     type Trade @topic(name: "trades", delivery: DURABLE, mutation: null) { id: ID! }`,
    ['subscription OnTick', 'mutation PublishTick', 'query TradeHistory', 'query Topics'],
  ],
];

for (const [name, text, operations] of KINDS) {
  test(`the tabs fit the schema: ${name}`, () => {
    const { schema, tabs } = tabsOf(text);
    const found = tabs.map((tab) => checked(schema, tab));
    assert.deepEqual(
      found.map((definition) => `${definition.operation} ${definition.name?.value}`),
      operations,
    );
  });
}

test('the subscription names the instance of the event that the next tab publishes', () => {
  const { tabs } = tabsOf('type Chat @topic(name: "chat.{room}", delivery: EPHEMERAL) { id: ID! room: String! }');
  const [subscription, mutation] = tabs;
  assert.match(subscription?.query ?? '', /chat\(room: "room-1"\)/);
  assert.equal(JSON.parse(mutation?.variables ?? '').event.room, 'room-1');
});
