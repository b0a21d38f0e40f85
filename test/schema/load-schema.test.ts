import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validateSchema } from 'graphql';
import { loadSchema } from '../../src/schema/load-schema.ts';
import { SchemaError } from '../../src/schema/schema-error.ts';
import { EVERYTHING, loadEverything, topicOf } from './everything.ts';

const everything = loadEverything();

test('the derived schema is valid GraphQL', () => {
  assert.deepEqual(validateSchema(everything.schema), []);
});

test('topics come in the order of the file, with what they declare', () => {
  assert.deepEqual(
    everything.topics.map(({ topic }) => [topic.typeName, topic.name, topic.wildcard, topic.policy, topic.parameters]),
    [
      [
        'Quake',
        'quakes.{network}.{level as strength}',
        true,
        {
          delivery: 'DURABLE',
          kafkaTopic: 'quakes',
          keyFields: ['network', 'level'],
          placement: 'ANY',
          partitions: 6,
          retentionMs: 2_592_000_000,
        },
        [
          { field: 'network', argument: 'network', type: 'ID' },
          { field: 'level', argument: 'strength', type: 'ENUM' },
        ],
      ],
      [
        'Flight',
        'flights',
        false,
        { delivery: 'BUFFERED', retentionMs: 90_000, maxEvents: 50, foreignWriters: false },
        [],
      ],
      ['Message', 'chat.{room}', false, { delivery: 'EPHEMERAL' }, [{ field: 'room', argument: 'room', type: 'Int' }]],
      [
        'OrderEvent',
        'orders.{customerId}',
        false,
        {
          delivery: 'DURABLE',
          kafkaTopic: 'shop-orders',
          keyFields: ['customerId'],
          placement: 'KEY',
          partitions: 200,
          retentionMs: undefined,
        },
        [{ field: 'customerId', argument: 'customerId', type: 'ID' }],
      ],
      ['Alarm', 'alarms', false, { delivery: 'EPHEMERAL' }, []],
    ],
  );
});

test('design §1: root fields are named after the type, renamed, or left out with null', () => {
  assert.deepEqual(
    everything.topics.map(({ fields }) => fields),
    [
      { subscription: 'quake', mutation: 'publishQuake', mutationBatch: 'publishQuakeBatch', history: 'quakeHistory' },
      { subscription: 'flight', mutation: 'publishFlight', mutationBatch: 'publishFlightBatch', history: 'departures' },
      { subscription: 'messages', mutation: 'say', mutationBatch: 'sayBatch', history: undefined },
      {
        subscription: 'orderEvent',
        mutation: 'publishOrderEvent',
        mutationBatch: 'publishOrderEventBatch',
        history: 'orderEventHistory',
      },
      { subscription: 'alarm', mutation: undefined, mutationBatch: undefined, history: undefined },
    ],
  );
  for (const { topic, fields, eventType, eventFromInput } of everything.topics) {
    assert.equal(everything.schema.getType(topic.typeName), eventType);
    assert.equal(eventFromInput === undefined, fields.mutation === undefined);
    const mutations = Object.keys(everything.schema.getMutationType()?.getFields() ?? {});
    if (fields.mutation !== undefined) assert.ok(mutations.includes(fields.mutation));
  }
});

test('design §2: BUFFERED keeps one hour and 10,000 events unless it says otherwise', () => {
  const text = 'type A @topic(name: "a", delivery: BUFFERED) { id: ID }';
  const { topic } = topicOf(loadSchema({ file: 'a', text }), 'A');
  assert.deepEqual(topic.policy, {
    delivery: 'BUFFERED',
    retentionMs: 3_600_000,
    maxEvents: 10_000,
    foreignWriters: true,
  });
});

test('root types that would be empty are left out', () => {
  const readOnly = loadSchema({
    file: 'a',
    text: 'type A @topic(name: "a", delivery: EPHEMERAL, mutation: null) { id: ID }',
  });
  assert.equal(readOnly.schema.getMutationType(), undefined);
  assert.equal(readOnly.schema.getType('PublishReceipt'), undefined);
  assert.equal(readOnly.schema.getType('AInput'), undefined);
  const writeOnly = loadSchema({
    file: 'a',
    text: 'type A @topic(name: "a", delivery: DURABLE, subscription: null, query: null) { id: ID }',
  });
  assert.equal(writeOnly.schema.getSubscriptionType(), undefined);
  assert.equal(writeOnly.schema.getType('AFilter'), undefined);
});

test('a union whose members share no field has no where', () => {
  const text = 'union U @topic(name: "u", delivery: EPHEMERAL) = A | B\ntype A { a: ID }\ntype B { b: ID }';
  const { schema } = loadSchema({ file: 'a', text });
  assert.deepEqual(schema.getSubscriptionType()?.getFields()['u']?.args, []);
});

test('whatever is missing from a schema file, only a SchemaError with problems comes of it', () => {
  const tokens = EVERYTHING.match(/"(?:[^"\\]|\\.)*"|\w+|\s+|[^\s\w]/g) ?? [];
  let refused = 0;
  for (const place of tokens.keys()) {
    try {
      loadSchema({ file: 'a', text: tokens.toSpliced(place, 1).join('') });
    } catch (error) {
      assert.ok(error instanceof SchemaError, `without token ${place}: ${String(error)}`);
      assert.ok(error.problems.length > 0);
      refused += 1;
    }
  }
  assert.ok(refused > 100);
});
