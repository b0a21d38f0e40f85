import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SequenceCheck } from '../../load-tests/lib/sequence.ts';

test('the load test counts what is missing and what is repeated or late', () => {
  const check = new SequenceCheck();
  const seen = [1, 2, 5, 5, 4, 6].map((sequence) => check.receive(sequence));
  assert.deepEqual(
    seen.map((step) => step.missing),
    [0, 0, 2, 0, 0, 0],
  );
  assert.deepEqual(
    seen.map((step) => step.repeated),
    [false, false, false, true, true, false],
  );
  assert.equal(check.last, 6);
});

test('a loss before the first event is a gap too', () => {
  assert.equal(new SequenceCheck().receive(3).missing, 2);
});
