import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_WAITING_QUESTIONS, READ_DEADLINE_MS } from '../../../src/broker/sqlite/config.ts';
import type { HistoryAnswer, HistoryQuestion } from '../../../src/broker/sqlite/history-messages.ts';
import { QuestionQueue } from '../../../src/broker/sqlite/question-queue.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { durableTopics } from '../topics.ts';

const valid: HistoryAnswer = { type: 'valid' };

function question(sequence: number): HistoryQuestion {
  const stream = { topic: durableTopics.plain.name, instance: undefined };
  return { type: 'resume', stream, place: { log: 'a', sequence } };
}

function openQueue(): { clock: ManualClock; queue: QuestionQueue; sent: HistoryQuestion[] } {
  const clock = new ManualClock();
  const sent: HistoryQuestion[] = [];
  const queue = new QuestionQueue(clock, (asked) => sent.push(asked));
  queue.opened();
  return { clock, queue, sent };
}

test('one question is with the worker at a time, in the order of asking, so that publishes go between them', async () => {
  const { queue, sent } = openQueue();
  const answers = [1, 2, 3].map((n) => queue.ask(question(n)));
  assert.deepEqual(sent, [question(1)]);
  queue.answered(valid);
  assert.deepEqual(sent, [question(1), question(2)]);
  queue.answered({ type: 'unavailable', reason: 'no' });
  queue.answered(valid);
  assert.deepEqual(await Promise.all(answers), [valid, { type: 'unavailable', reason: 'no' }, valid]);
});

test('a question is unavailable at its deadline, and its late answer is nobody else’s', async () => {
  const { clock, queue, sent } = openQueue();
  const first = queue.ask(question(1));
  const second = queue.ask(question(2));
  clock.advance(READ_DEADLINE_MS - 1);
  const third = queue.ask(question(3));
  clock.advance(1);
  for (const late of [first, second]) assert.equal((await late).type, 'unavailable');
  assert.deepEqual(sent, [question(1)], 'the worker has not answered the first yet');
  queue.answered({ type: 'unavailable', reason: 'late' });
  assert.deepEqual(sent, [question(1), question(3)], 'what nobody waits for is not asked');
  queue.answered(valid);
  assert.deepEqual(await third, valid);
});

test('without a worker every question is unavailable, those under way and those to come', async () => {
  const { queue, sent } = openQueue();
  const asked = [queue.ask(question(1)), queue.ask(question(2))];
  queue.fail('gone');
  assert.deepEqual(await Promise.all([...asked, queue.ask(question(3))]), [
    { type: 'unavailable', reason: 'gone' },
    { type: 'unavailable', reason: 'gone' },
    { type: 'unavailable', reason: 'gone' },
  ]);
  queue.opened();
  const again = queue.ask(question(4));
  assert.deepEqual(sent, [question(1), question(4)]);
  queue.answered(valid);
  assert.deepEqual(await again, valid);
});

test('the queue is bounded: what goes beyond is unavailable at once', async () => {
  const { queue } = openQueue();
  // One more, for the first is with the worker.
  for (let n = 0; n <= MAX_WAITING_QUESTIONS; n++) void queue.ask(question(n));
  assert.equal((await queue.ask(question(-1))).type, 'unavailable');
  queue.answered(valid);
  let answered = false;
  void queue.ask(question(-2)).then(() => {
    answered = true;
  });
  await Promise.resolve();
  assert.equal(answered, false, 'there is room again');
});
