import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventRateMeter } from '../../src/admin/event-rates.ts';
import { ManualClock } from '../support/manual-clock.ts';

test('rates are those since the last look, and who looks again at once is told the same', () => {
  const clock = new ManualClock();
  const meter = new EventRateMeter(clock);
  clock.advance(10_000);
  assert.deepEqual(meter.measure(new Map([['a', 50]])), { overSeconds: 10, perSecond: new Map([['a', 5]]) });
  clock.advance(4_000);
  const second = {
    overSeconds: 4,
    perSecond: new Map([
      ['a', 0],
      ['b', 2.5],
    ]),
  };
  const counts = new Map([
    ['a', 50],
    ['b', 10],
  ]);
  assert.deepEqual(meter.measure(counts), second);
  clock.advance(999);
  assert.deepEqual(meter.measure(new Map([['a', 9_999]])), second);
});
