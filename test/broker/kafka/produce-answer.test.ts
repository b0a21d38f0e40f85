import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failedAttempt } from '../../../src/broker/kafka/produce-answer.ts';

const CASES: readonly [string, number, ReturnType<typeof failedAttempt>['type']][] = [
  ['F12: NOT_ENOUGH_REPLICAS comes before the append', 19, 'refused'],
  ['F12: NOT_ENOUGH_REPLICAS_AFTER_APPEND is in the log', 20, 'unclear'],
  ['F12: REQUEST_TIMED_OUT may be in the log', 7, 'unclear'],
  ['NOT_LEADER_OR_FOLLOWER also comes while replicas are waited for', 6, 'unclear'],
  ['UNKNOWN_TOPIC_OR_PARTITION also comes while replicas are waited for', 3, 'unclear'],
  ['KAFKA_STORAGE_ERROR may have written', 56, 'unclear'],
  ['UNKNOWN_SERVER_ERROR says nothing', -1, 'unclear'],
  ['a code that no list has is unclear', 32_000, 'unclear'],
  ['F40: TOPIC_AUTHORIZATION_FAILED', 29, 'refused'],
  ['MESSAGE_TOO_LARGE will never pass', 10, 'rejected'],
  ['RECORD_LIST_TOO_LARGE will never pass', 18, 'rejected'],
  ['INVALID_RECORD will never pass', 87, 'rejected'],
  ['OUT_OF_ORDER_SEQUENCE_NUMBER', 45, 'producer-lost'],
  ['UNKNOWN_PRODUCER_ID', 59, 'producer-lost'],
];

for (const [name, code, type] of CASES) {
  test(`${name}: ${type}`, () => {
    assert.equal(failedAttempt(code, '').type, type);
  });
}

test("the broker's own words are part of the reason", () => {
  assert.equal(failedAttempt(87, 'no key').reason, 'Kafka answered INVALID_RECORD: no key');
});
