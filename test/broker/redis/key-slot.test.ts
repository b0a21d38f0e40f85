import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keySlot } from '../../../src/broker/redis/key-slot.ts';

test('the slot of a key is the one that Redis gives it (CLUSTER KEYSLOT)', () => {
  // Asked of a real Redis 7.0.
  assert.deepEqual(['123456789', 'jobs.room-0', 'é', ''].map(keySlot), [12739, 2919, 10180, 0]);
});

test('what stands in the first braces decides alone, if anything does', () => {
  assert.equal(keySlot('sluice:{jobs.a}'), keySlot('jobs.a'));
  assert.equal(keySlot('staging.sluice:{staging.jobs.a}'), keySlot('staging.jobs.a'));
  assert.equal(keySlot('{a}{b}'), keySlot('a'));
  assert.notEqual(keySlot('{}a'), keySlot('{}b'));
});
