import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OperationError } from '../../src/error/operation-error.ts';
import type { SubscriptionStart } from '../../src/fanout/plan.ts';
import type { JsonObject } from '../../src/json/value.ts';
import { DEFAULT_LIMITS } from '../../src/operation/limits.ts';
import { subscriptionStart } from '../../src/operation/subscription-start.ts';

function startOf(from: unknown, extensions?: JsonObject): SubscriptionStart {
  return subscriptionStart(from, extensions, DEFAULT_LIMITS);
}

describe('P91: where a subscription begins', () => {
  const rows: readonly [name: string, from: unknown, extensions: JsonObject | undefined, start: SubscriptionStart][] = [
    ['nothing said: live', undefined, undefined, { type: 'live' }],
    ['from: null: live', null, {}, { type: 'live' }],
    ['a cursor', { cursor: 'abc' }, undefined, { type: 'cursor', cursor: 'abc' }],
    ['earliest', { earliest: true }, undefined, { type: 'earliest' }],
    ['last', { last: 1 }, undefined, { type: 'last', count: 1 }],
    ['the largest last', { last: 10_000 }, undefined, { type: 'last', count: 10_000 }],
    ['a time', { time: '2026-01-01T01:00:00+01:00' }, undefined, { type: 'time', time: Date.UTC(2026, 0, 1) }],
    ['a time between two milliseconds', { time: '1970-01-01T00:00:00.0011Z' }, undefined, { type: 'time', time: 2 }],
    ['a time before the epoch', { time: '0001-01-01T00:00:00Z' }, undefined, { type: 'time', time: 0 }],
    [
      'a time in the year 9999',
      { time: '9999-12-31T23:59:59Z' },
      undefined,
      { type: 'time', time: Date.UTC(9999, 11, 31, 23, 59, 59) },
    ],
    ['extensions.cursor', undefined, { cursor: 'abc' }, { type: 'cursor', cursor: 'abc' }],
    ['extensions.cursor: null counts as absent', { last: 2 }, { cursor: null }, { type: 'last', count: 2 }],
    ['other extensions', undefined, { trace: 1 }, { type: 'live' }],
    ['extensions.cursor wins over from', { earliest: true }, { cursor: 'abc' }, { type: 'cursor', cursor: 'abc' }],
    ['it wins over a from that is refused alone', { last: 0 }, { cursor: 'abc' }, { type: 'cursor', cursor: 'abc' }],
    ['it wins over the cursor of from', { cursor: 'old' }, { cursor: 'new' }, { type: 'cursor', cursor: 'new' }],
    ['an empty cursor is one that nobody gave out', undefined, { cursor: '' }, { type: 'cursor', cursor: '' }],
  ];
  for (const [name, from, extensions, start] of rows) {
    test(name, () => assert.deepEqual(startOf(from, extensions), start));
  }

  const refusals: readonly [
    name: string,
    from: unknown,
    extensions: JsonObject | undefined,
    code: string,
    message: RegExp,
  ][] = [
    ['earliest: false', { earliest: false }, undefined, 'BAD_USER_INPUT', /Leave `from` out/],
    ['last: 0', { last: 0 }, undefined, 'BAD_USER_INPUT', /from 1 to 10000/],
    ['last: -1', { last: -1 }, undefined, 'BAD_USER_INPUT', /from 1 to 10000/],
    ['last: 10,001', { last: 10_001 }, undefined, 'LIMIT_EXCEEDED', /newest 10000/],
    ['last: 1e9', { last: 1_000_000_000 }, undefined, 'LIMIT_EXCEEDED', /newest 10000/],
    ['extensions.cursor: a number', undefined, { cursor: 7 }, 'BAD_USER_INPUT', /must be a text/],
    ['extensions.cursor: an object', { earliest: true }, { cursor: {} }, 'BAD_USER_INPUT', /must be a text/],
    ['extensions.cursor: false', undefined, { cursor: false }, 'BAD_USER_INPUT', /must be a text/],
  ];
  for (const [name, from, extensions, code, message] of refusals) {
    test(`${name} is refused`, () => {
      assert.throws(
        () => startOf(from, extensions),
        (error) => {
          assert.ok(error instanceof OperationError);
          assert.equal(error.code, code);
          assert.match(error.message, message);
          if (code === 'LIMIT_EXCEEDED') assert.deepEqual(error.facts, { limit: 'maxReplayLast', value: 10_000 });
          return true;
        },
      );
    });
  }
});
