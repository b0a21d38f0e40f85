import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_CLOSE_DEADLINE_MS, Lifecycle } from '../../src/broker/lifecycle.ts';

test('open() runs once and gives one promise, a failed one too', async () => {
  let opened = 0;
  const lifecycle = new Lifecycle({
    async open() {
      opened++;
      throw new Error('no');
    },
    async close() {},
  });
  const first = lifecycle.open();
  assert.equal(lifecycle.open(), first);
  await assert.rejects(first, /no/);
  assert.equal(opened, 1);
});

test('close() runs once with the first deadline, also when the step calls it again', async () => {
  const deadlines: number[] = [];
  const lifecycle: Lifecycle = new Lifecycle({
    async open() {
      return { contacted: true, problems: [] };
    },
    async close(deadlineMs) {
      deadlines.push(deadlineMs);
      assert.ok(lifecycle.closed);
      void lifecycle.close(1);
    },
  });
  assert.equal(lifecycle.closed, false);
  const first = lifecycle.close();
  assert.equal(lifecycle.closed, true, 'closed before anything is awaited');
  assert.equal(lifecycle.close(7), first);
  await first;
  assert.deepEqual(deadlines, [DEFAULT_CLOSE_DEADLINE_MS]);
});

test('open() after close() rejects and does not run', async () => {
  const lifecycle = new Lifecycle({
    open: () => assert.fail('opened'),
    async close() {},
  });
  await lifecycle.close();
  await assert.rejects(lifecycle.open(), /closed/);
});
