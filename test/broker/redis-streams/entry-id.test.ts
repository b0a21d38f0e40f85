import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareEntryIds, entryTime } from '../../../src/broker/redis-streams/entry-id.ts';

test('ids are ordered as Redis orders them, over all 64 bits of both parts', () => {
  const ordered = [
    '0-0',
    '0-1',
    '1-0',
    '9-18446744073709551615',
    '10-0',
    '1795550000000-0',
    '1795550000000-9',
    '1795550000000-10',
    '1795550000001-0',
    '18446744073709551614-0',
    '18446744073709551615-18446744073709551614',
    '18446744073709551615-18446744073709551615',
  ];
  for (const [at, a] of ordered.entries()) {
    for (const [bt, b] of ordered.entries()) {
      assert.equal(Math.sign(compareEntryIds(a, b)), Math.sign(at - bt), `${a} and ${b}`);
    }
  }
});

test('the time of an id is its first part', () => {
  assert.equal(entryTime('1795550000000-12'), 1_795_550_000_000);
});
