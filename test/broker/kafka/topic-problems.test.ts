import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TopicView } from '../../../src/broker/kafka/cluster-view.ts';
import { KafkaError } from '../../../src/broker/kafka/error-code.ts';
import { examineTopic, refusedTopic, type TopicSettings } from '../../../src/broker/kafka/topic-problems.ts';
import type { DurablePolicy } from '../../../src/routing/topic.ts';
import { durableTopic } from './kafka-fixture.ts';

const SAFE: TopicSettings = { minInsyncReplicas: 2, uncleanElections: false, maxMessageBytes: undefined };

function policy(changes: Partial<DurablePolicy> = {}): DurablePolicy {
  return durableTopic('orders', changes).policy as DurablePolicy;
}

function view(partitions: number, replicas = 3): TopicView {
  const partition = { leader: 1, leaderEpoch: 0, replicas, inSyncReplicas: replicas };
  return { id: 'x', partitions: Array.from({ length: partitions }, () => partition) };
}

test('a topic with three replicas, two of them in sync and clean elections has no finding', () => {
  assert.deepEqual(examineTopic(policy({ partitions: 12 }), view(12), SAFE), { problems: [], weak: [] });
});

test('each way to lose acknowledged events is named with its fix', () => {
  const settings = { minInsyncReplicas: 1, uncleanElections: true, maxMessageBytes: undefined };
  const { weak } = examineTopic(policy(), view(1, 2), settings);
  assert.deepEqual(
    weak.map(({ what }) => what),
    ['replication below 3', 'min.insync.replicas below 2', 'unclean leader elections'],
  );
  assert.match(weak[0]?.problem ?? '', /held by 2 brokers/);
  assert.match(weak[2]?.problem ?? '', /unclean\.leader\.election\.enable=false/);
});

test('settings that the broker does not show are not held against the topic', () => {
  const unknown = { minInsyncReplicas: undefined, uncleanElections: undefined, maxMessageBytes: undefined };
  assert.deepEqual(examineTopic(policy(), view(1), unknown).weak, []);
});

test('more partitions than a cursor holds are refused unless placement is KEY', () => {
  assert.match(examineTopic(policy(), view(101), SAFE).problems[0] ?? '', /101 partitions.*placement: KEY/);
  assert.deepEqual(examineTopic(policy({ placement: 'KEY' }), view(101), SAFE).problems, []);
  assert.deepEqual(examineTopic(policy(), view(100), SAFE).problems, []);
});

test('F40: a topic that Kafka does not let us describe names the rights that are missing', () => {
  assert.match(
    refusedTopic(policy(), KafkaError.TOPIC_AUTHORIZATION_FAILED),
    /Describe, DescribeConfigs, Read and Write/,
  );
  assert.match(refusedTopic(policy(), -1), /UNKNOWN_SERVER_ERROR/);
});
