import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReaderSlots } from '../../src/fanout/reader-slots.ts';

test('places are given in the order of asking, and never more than there are', () => {
  const slots = new ReaderSlots(2);
  const granted: string[] = [];
  for (const name of ['a', 'b', 'c', 'd']) slots.acquire(() => granted.push(name));
  assert.deepEqual(granted, ['a', 'b']);
  assert.deepEqual([slots.taken, slots.waiting], [2, 2]);
  slots.release();
  assert.deepEqual(granted, ['a', 'b', 'c']);
  slots.release();
  slots.release();
  slots.release();
  assert.deepEqual(granted, ['a', 'b', 'c', 'd']);
  assert.deepEqual([slots.taken, slots.waiting], [0, 0]);
});

test('a wish that is withdrawn takes no place', () => {
  const slots = new ReaderSlots(1);
  const granted: string[] = [];
  slots.acquire(() => granted.push('a'));
  const withdraw = slots.acquire(() => granted.push('b'));
  slots.acquire(() => granted.push('c'));
  withdraw();
  slots.release();
  assert.deepEqual(granted, ['a', 'c']);
});

test('a place that is waited for resolves with whether it was granted', async () => {
  const slots = new ReaderSlots(1);
  assert.equal(await slots.place(() => {}), true);
  let cancel = (): void => {};
  const waiting = slots.place((stop) => {
    cancel = stop;
  });
  cancel();
  assert.equal(await waiting, false);
  assert.equal(slots.waiting, 0);
});
