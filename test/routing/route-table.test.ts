import assert from 'node:assert/strict';
import { test } from 'node:test';
import { routeTable } from '../../src/routing/route-table.ts';
import { durable, topic } from './sample-topics.ts';

test('each topic is routed by its delivery, with the address and the numbers its broker knows', () => {
  const rows = routeTable(
    [
      topic('chat.{room}'),
      topic('flights.{origin}', {
        delivery: 'BUFFERED',
        retentionMs: 3_600_000,
        maxEvents: 10,
        foreignWriters: true,
      }),
      topic('orders.{customer}', durable('customer')),
    ],
    { EPHEMERAL: { broker: 'redis-pubsub' }, BUFFERED: { broker: 'redis-streams' }, DURABLE: { broker: 'kafka' } },
  );
  const none = {
    partitions: undefined,
    retention: undefined,
    maxEvents: undefined,
    placement: undefined,
    key: undefined,
  };
  const common = { type: 'Sample', wildcard: false };
  assert.deepEqual(rows, [
    { ...none, ...common, topic: 'chat.{room}', delivery: 'EPHEMERAL', broker: 'redis-pubsub', address: 'chat.*' },
    {
      ...none,
      ...common,
      topic: 'flights.{origin}',
      delivery: 'BUFFERED',
      broker: 'redis-streams',
      address: 'flights.*',
      retention: 3_600_000,
      maxEvents: 10,
    },
    {
      ...none,
      ...common,
      topic: 'orders.{customer}',
      delivery: 'DURABLE',
      broker: 'kafka',
      address: 'sample',
      placement: 'ANY',
      key: ['customer'],
    },
  ]);
});
