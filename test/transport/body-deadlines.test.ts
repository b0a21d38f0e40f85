import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BodyDeadlines } from '../../src/transport/body-deadlines.ts';
import { ManualClock } from '../support/manual-clock.ts';

function body(name: string, late: string[]): { late(): void } {
  return { late: () => late.push(name) };
}

test('A35: each body has its own time from its head on, whatever came before it', () => {
  const clock = new ManualClock();
  const deadlines = new BodyDeadlines(clock, 1_000);
  const late: string[] = [];
  deadlines.add(body('first', late));
  clock.advance(600);
  deadlines.add(body('second', late));
  clock.advance(399);
  assert.deepEqual(late, []);
  clock.advance(1);
  assert.deepEqual(late, ['first']);
  clock.advance(599);
  assert.deepEqual(late, ['first']);
  clock.advance(1);
  assert.deepEqual(late, ['first', 'second']);
});

test('a body that has arrived is not late, and the next one is watched again', () => {
  const clock = new ManualClock();
  const deadlines = new BodyDeadlines(clock, 1_000);
  const late: string[] = [];
  const arrived = body('arrived', late);
  deadlines.add(arrived);
  deadlines.delete(arrived);
  clock.advance(5_000);
  deadlines.add(body('next', late));
  clock.advance(1_000);
  assert.deepEqual(late, ['next']);
});
