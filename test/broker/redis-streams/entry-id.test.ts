import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryTime, idBefore } from '../../../src/broker/redis-streams/entry-id.ts';

test('the time of an id is its first part', () => {
  assert.equal(entryTime('1795550000000-12'), 1_795_550_000_000);
});

test('the id before one is the next lower one, exact over all 64 bits', () => {
  for (const [id, before] of [
    ['5-3', '5-2'],
    ['5-0', '4-18446744073709551615'],
    ['18446744073709551615-18446744073709551615', '18446744073709551615-18446744073709551614'],
    ['0-1', '0-0'],
    ['0-0', '0-0'],
  ] as const) {
    assert.equal(idBefore(id), before, id);
  }
});
