import assert from 'node:assert/strict';
import { test } from 'node:test';
import { execute, type GraphQLSchema, parse, validate } from 'graphql';
import { loadEverything } from './everything.ts';

const { schema } = loadEverything();

/** Runs a subscription's selection on one event, as a fan-out would. */
async function select(query: string, root: unknown): Promise<unknown> {
  const document = parse(query);
  assert.deepEqual(validate(schema as GraphQLSchema, document), []);
  const result = await execute({ schema, document, rootValue: root });
  return JSON.parse(JSON.stringify(result));
}

const ORDER = 'subscription { orderEvent(customerId: 1) { __typename ... on OrderShipped { parcel } } }';

test('design §1: a union value is typed by its discriminator', async () => {
  const shipped = { kind: 'order.shipped', customerId: '1', parcel: 9007199254740993n };
  assert.deepEqual(await select(ORDER, { orderEvent: shipped }), {
    data: { orderEvent: { __typename: 'OrderShipped', parcel: '9007199254740993' } },
  });
});

test('a value that names no member, or names it by an inherited or other member, has no type', async () => {
  for (const value of [
    {},
    { kind: 'order.lost' },
    { kind: 1 },
    { kind: 'toString' },
    { __typename: 'OrderShipped' },
    Object.create({ kind: 'order.shipped' }),
  ]) {
    const result = (await select(ORDER, { orderEvent: value })) as { data: unknown; errors: unknown[] };
    assert.deepEqual(result.data, { orderEvent: null });
    assert.equal(result.errors.length, 1);
  }
});

test('without a discriminator the value’s __typename is its type', async () => {
  const query =
    'subscription { messages(room: 1) { attachments { __typename ... on Link { by { id __typename } } } } }';
  const attachments = [{ __typename: 'Link', by: { __typename: 'Bot', id: 7 } }, { __typename: 'Image' }];
  assert.deepEqual(await select(query, { messages: { room: 1, attachments } }), {
    data: {
      messages: {
        attachments: [{ __typename: 'Link', by: { id: '7', __typename: 'Bot' } }, { __typename: 'Image' }],
      },
    },
  });
});
