import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CursorScope, MAX_CURSOR_LENGTH } from '../../src/routing/cursor.ts';
import type { StreamPosition } from '../../src/routing/position.ts';
import type { TopicInstance, TopicName } from '../../src/routing/topic.ts';

const topic = 'orders.{customerId}' as TopicName;
const scope = new CursorScope(topic, 'orders.7' as TopicInstance);

const epoch = fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/);
const safe = fc.maxSafeNat();
const position: fc.Arbitrary<StreamPosition> = fc.oneof(
  fc.record({
    log: fc.uuid(),
    partitions: fc.array(
      fc.record({
        type: fc.constant('kafka' as const),
        next: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
        leaderEpoch: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
      }),
      { minLength: 1, maxLength: 12 },
    ),
  }),
  fc.record({
    log: epoch,
    partitions: fc.tuple(
      fc.record({
        type: fc.constant('redis-stream' as const),
        id: fc.tuple(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), safe).map(([time, count]) => `${time}-${count}`),
        ordinal: safe,
      }),
    ),
  }),
  fc.record({
    log: epoch,
    partitions: fc.tuple(fc.record({ type: fc.constant('log' as const), sequence: safe })),
  }),
);

describe('CursorScope', () => {
  test('P90: a cursor says its position exactly, is URL-safe and at most 1 kB', () => {
    fc.assert(
      fc.property(position, (value) => {
        const cursor = scope.encode(value);
        assert.match(cursor, /^[A-Za-z0-9_-]+$/);
        assert.ok(cursor.length <= MAX_CURSOR_LENGTH);
        assert.deepEqual(scope.decode(cursor), structuredClone(value));
      }),
    );
  });

  test('P90: 100 partitions of 30 billion records fit', () => {
    const partitions = Array.from({ length: 100 }, () => ({
      type: 'kafka' as const,
      next: 30_000_000_000n,
      leaderEpoch: 100,
    }));
    assert.ok(scope.encode({ log: crypto.randomUUID(), partitions }).length <= MAX_CURSOR_LENGTH);
  });

  test('A55: a cursor of another topic or other parameters is refused', () => {
    const others = [
      new CursorScope(topic, undefined),
      new CursorScope(topic, 'orders.8' as TopicInstance),
      new CursorScope('orders' as TopicName, 'orders.7' as TopicInstance),
    ];
    fc.assert(
      fc.property(position, (value) => {
        for (const other of others) assert.equal(other.decode(scope.encode(value)), undefined);
      }),
    );
  });

  test('A55: whatever decodes is the one text of its position; bit flips and cut texts never throw', () => {
    fc.assert(
      fc.property(position, fc.nat(), fc.nat({ max: 255 }), fc.nat(), (value, at, flip, cut) => {
        const bytes = Buffer.from(scope.encode(value), 'base64url');
        const index = at % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ flip;
        for (const text of [bytes.toString('base64url'), bytes.subarray(0, cut % bytes.length).toString('base64url')]) {
          const decoded = scope.decode(text);
          if (decoded !== undefined) assert.equal(scope.encode(decoded), text);
        }
      }),
    );
  });

  test('A55: garbage, padding, other alphabets and oversized texts are refused', () => {
    const valid = scope.encode({ log: 'e', partitions: [{ type: 'log', sequence: 1 }] });
    for (const text of [
      '',
      '=',
      `${valid}=`,
      `${valid}A`,
      ` ${valid}`,
      '\u0000',
      valid.repeat(99),
      '{"log":1}',
      '💥',
    ]) {
      assert.equal(scope.decode(text), undefined, text);
    }
  });
});
