import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProducerIdentity } from '../../../src/broker/kafka/producer-identity.ts';

test('sequences count records and wrap to 0 after 2^31 - 1, as Kafka counts them', () => {
  const identity = new ProducerIdentity(7n, 3);
  identity.advance(5);
  assert.deepEqual(identity.next, { producerId: 7n, producerEpoch: 3, firstSequence: 5 });
  identity.advance(2 ** 31 - 1 - 5);
  assert.equal(identity.next.firstSequence, 2 ** 31 - 1);
  identity.advance(3);
  assert.equal(identity.next.firstSequence, 2);
});

test('a fence begins a new epoch from sequence 0, until the epochs are used up', () => {
  const identity = new ProducerIdentity(7n, 32_766);
  identity.advance(5);
  assert.equal(identity.fence(), true);
  assert.deepEqual(identity.next, { producerId: 7n, producerEpoch: 32_767, firstSequence: 0 });
  assert.equal(identity.fence(), false);
});
