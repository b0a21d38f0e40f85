import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AnswerDeadlines } from '../../../src/broker/redis/answer-deadlines.ts';
import { ManualClock } from '../../support/manual-clock.ts';

class Write {
  isSettled = false;
  #message = '';

  /** Of the error that it failed with; empty while it has not. */
  message(): string {
    return this.#message;
  }

  reject(error: Error): void {
    this.isSettled = true;
    this.#message = error.message;
  }
}

test('F36: a write that is not answered in time fails, each by its own time', () => {
  const clock = new ManualClock();
  const deadlines = new AnswerDeadlines(clock, 1_000);
  const [first, second] = [new Write(), new Write()];
  deadlines.add(first);
  clock.advance(400);
  deadlines.add(second);
  clock.advance(600);
  assert.match(first.message(), /timed out/);
  assert.equal(second.message(), '');
  clock.advance(400);
  assert.match(second.message(), /timed out/);
});

test('answered writes are forgotten, in any number, and those after them keep their time', () => {
  const clock = new ManualClock();
  const deadlines = new AnswerDeadlines(clock, 1_000);
  const unanswered = new Write();
  for (let count = 0; count < 5_000; count += 1) {
    const write = new Write();
    deadlines.add(write);
    write.isSettled = true;
  }
  clock.advance(999);
  deadlines.add(unanswered);
  clock.advance(999);
  assert.equal(unanswered.message(), '');
  clock.advance(1);
  assert.match(unanswered.message(), /timed out/);
});
