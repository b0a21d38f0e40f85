import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDuration } from '../../src/routing/duration.ts';

test('a duration is a whole number and a unit', () => {
  assert.deepEqual(
    ['500ms', '90s', '5m', '1h', '30d', '2w'].map(parseDuration),
    [500, 90_000, 300_000, 3_600_000, 2_592_000_000, 1_209_600_000],
  );
});

test('anything else is none', () => {
  for (const text of [
    '',
    '1',
    'h',
    '1 h',
    '1.5h',
    '-1h',
    '1H',
    '1y',
    '0s',
    '1h30m',
    '999999999999999w',
    ' 1h',
    '1h\n',
  ]) {
    assert.equal(parseDuration(text), undefined, text);
  }
});
