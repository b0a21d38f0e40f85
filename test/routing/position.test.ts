import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareEntryIds, comparePositions } from '../../src/routing/position.ts';

test('entry ids compare as two unsigned 64-bit integers, not as text', () => {
  const ascending = ['0-0', '0-1', '9-0', '10-0', '10-9', '10-10', '18446744073709551615-0'];
  for (const [index, id] of ascending.entries()) {
    for (const [other, otherId] of ascending.entries()) {
      assert.equal(Math.sign(compareEntryIds(id, otherId)), Math.sign(index - other), `${id} and ${otherId}`);
    }
  }
});

test('Kafka positions compare beyond 2^53', () => {
  const at = (next: bigint) => ({ type: 'kafka', next, leaderEpoch: 0 }) as const;
  assert.ok(comparePositions(at(2n ** 53n), at(2n ** 53n + 1n)) < 0);
  assert.equal(comparePositions(at(5n), at(5n)), 0);
});

test('positions of different kinds do not compare', () => {
  assert.throws(() => comparePositions({ type: 'log', sequence: 1 }, { type: 'kafka', next: 1n, leaderEpoch: 0 }));
});
