import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kafkaTopicIdentity, kafkaTopicName, kafkaTopicProblem } from '../../src/routing/kafka-topic.ts';
import { template } from './sample-topics.ts';

const NAMES: readonly [text: string, name: string][] = [
  ['tenants.{t}.orders', 'tenants.orders'],
  ['quakes.{network}', 'quakes'],
  ['{tenant}.orders', 'orders'],
  ['orders.{a}.{b}', 'orders'],
  ['{a}.{b}', ''],
  ['{a}', ''],
  ['a.{x}-b', 'a-b'],
  ['a{x}b', 'ab'],
  ['a{x}.b', 'ab'],
  ['a..{x}', 'a.'],
  ['flights', 'flights'],
];
for (const [text, name] of NAMES) {
  test(`design §8: the Kafka topic of "${text}" is "${name}"`, () =>
    assert.equal(kafkaTopicName(template(text)), name));
}

test('A50: Kafka names are of [A-Za-z0-9._-], at most 249, and neither ".", ".." nor "__…"', () => {
  for (const name of ['', '.', '..', '__consumer_offsets', 'a:b', 'a b', 'é', 'a'.repeat(250), 'a\n']) {
    assert.notEqual(kafkaTopicProblem(name), undefined, name);
  }
  for (const name of ['a', '_a', 'a.b-c_D9', 'a'.repeat(249), '...'])
    assert.equal(kafkaTopicProblem(name), undefined, name);
});

test('Kafka refuses names that differ in "." and "_" alone', () => {
  assert.equal(kafkaTopicIdentity('a.b_c'), kafkaTopicIdentity('a_b.c'));
  assert.notEqual(kafkaTopicIdentity('a.b'), kafkaTopicIdentity('a-b'));
});
