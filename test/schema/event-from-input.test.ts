import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coerceInputValue, type GraphQLInputType, isInputType } from 'graphql';
import type { JsonObject } from '../../src/json/value.ts';
import type { GatewaySchema } from '../../src/schema/gateway-schema.ts';
import { loadSchema } from '../../src/schema/load-schema.ts';
import { loadEverything, topicOf } from './everything.ts';

const everything = loadEverything();

function inputType(gateway: GatewaySchema, name: string): GraphQLInputType {
  const type = gateway.schema.getType(name);
  if (!isInputType(type)) throw new Error(`${name} is no input type`);
  return type;
}

/** Coerces as graphql-js does for a variable, and rewrites. */
function event(gateway: GatewaySchema, typeName: string, input: unknown): JsonObject {
  const coerced = coerceInputValue(input, inputType(gateway, `${typeName}Input`));
  assert.notEqual(coerced, undefined, 'the input fits its type');
  const made = topicOf(gateway, typeName).eventFromInput?.(coerced as JsonObject);
  if (made === undefined) throw new Error('no mutation');
  return made;
}

test('an object event stays as its publisher wrote it, exact numbers, nulls and JSON included', () => {
  const input = {
    id: '1',
    network: 9007199254740993n,
    level: 'LOW',
    time: 1,
    reported: '2026-11-20T08:30:00+01:00',
    bytes: 9223372036854775807n,
    raw: JSON.parse('{"__proto__": [1], "a": null}'),
    shape: { any: [1] },
    felt: null,
  };
  const made = event(everything, 'Quake', input);
  assert.deepEqual({ ...made }, { ...input, network: '9007199254740993' });
  assert.equal(made['raw'], input.raw);
});

test('design §1: a oneOf input becomes the member’s value with its discriminator', () => {
  assert.deepEqual(event(everything, 'OrderEvent', { orderPlaced: { customerId: '1', total: 2 } }), {
    kind: 'order.placed',
    customerId: '1',
    total: 2,
  });
  assert.deepEqual(event(everything, 'OrderEvent', { orderShipped: { customerId: '1', parcel: '5' } }), {
    kind: 'order.shipped',
    customerId: '1',
    parcel: '5',
  });
});

test('design §1: without a discriminator the member is __typename, at any depth, in lists too', () => {
  const made = event(everything, 'Message', {
    room: 1,
    attachments: [{ link: { url: null, by: { user: { id: 'u' } } } }, { image: { url: 'x' } }, { link: { by: null } }],
  });
  assert.deepEqual(JSON.parse(JSON.stringify(made)), {
    room: 1,
    attachments: [
      { __typename: 'Link', url: null, by: { __typename: 'User', id: 'u' } },
      { __typename: 'Image', url: 'x' },
      { __typename: 'Link', by: null },
    ],
  });
});

test('a member without a field for the discriminator gets it all the same', () => {
  const text =
    'union U @topic(name: "u", delivery: EPHEMERAL, discriminator: "a-kind") = A\ntype A @event(value: "x") { id: ID }';
  assert.deepEqual(event(loadSchema({ file: 'a', text }), 'U', { a: { id: '1' } }), { 'a-kind': 'x', id: '1' });
});

test('a member that is published by its own topic gets its discriminator field written as well', () => {
  const text = `union U @topic(name: "u", delivery: EPHEMERAL, discriminator: "kind") = A
    type A @event(value: "x") @topic(name: "a", delivery: EPHEMERAL) { id: ID kind: String! next: A others: [U!] }`;
  assert.deepEqual(
    event(loadSchema({ file: 'a', text }), 'A', { id: '1', next: { id: '2', others: [{ a: { id: '3' } }] } }),
    {
      kind: 'x',
      id: '1',
      next: { kind: 'x', id: '2', others: [{ kind: 'x', id: '3' }] },
    },
  );
});

test('publishing a oneOf input with two members is refused by its type', () => {
  const two = { orderPlaced: { customerId: '1', total: 2 }, orderShipped: { customerId: '1' } };
  assert.equal(coerceInputValue(two, inputType(everything, 'OrderEventInput')), undefined);
});
