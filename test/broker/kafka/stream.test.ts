import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kafkaStream } from '../../../src/broker/kafka/stream.ts';
import { partitionForKey } from '../../../src/routing/placement.ts';
import type { DurablePolicy, TopicInstance } from '../../../src/routing/topic.ts';
import { durableTopic } from './kafka-fixture.ts';

function streamOf(policy: Partial<DurablePolicy>, instance: string | undefined) {
  const topic = durableTopic('orders', policy);
  return kafkaStream(topic, topic.policy as DurablePolicy, instance as TopicInstance | undefined);
}

test('placement ANY: every instance is on the stream of the whole topic', () => {
  const stream = streamOf({ partitions: 3 }, 'orders.a');
  assert.equal(stream.id, 'orders');
  assert.equal(stream.partition, undefined);
  assert.equal(stream.instance, undefined);
});

test('placement KEY: an instance is on the partition of its unescaped key', () => {
  const stream = streamOf({ placement: 'KEY', partitions: 6 }, 'orders.Z%C3%BCrich');
  const partition = partitionForKey(Buffer.from('Zürich'), 6);
  assert.equal(stream.id, `orders/${partition}`);
  assert.equal(stream.partition, partition);
});

test('placement KEY reads the whole topic where the partition cannot be known without asking', () => {
  assert.equal(streamOf({ placement: 'KEY', partitions: undefined }, 'orders.a').id, 'orders');
  assert.equal(streamOf({ placement: 'KEY', partitions: 6 }, undefined).id, 'orders');
  assert.equal(streamOf({ placement: 'KEY', partitions: 6, keyFields: ['id', 'region'] }, 'orders.a').id, 'orders');
});
