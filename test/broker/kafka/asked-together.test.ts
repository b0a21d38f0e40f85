import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AskedTogether } from '../../../src/broker/kafka/asked-together.ts';

test('who asks while a question is under way shares the next one, whose answer is not older than the call', async () => {
  const settle: PromiseWithResolvers<number>[] = [];
  const together = new AskedTogether(() => {
    const question = Promise.withResolvers<number>();
    settle.push(question);
    return question.promise;
  });
  const first = together.ask();
  const second = [together.ask(), together.ask()];
  assert.equal(settle.length, 1);
  settle[0]?.resolve(1);
  assert.equal(await first, 1);
  await new Promise(setImmediate);
  assert.equal(settle.length, 2, 'the next is asked once');
  settle[1]?.resolve(2);
  assert.deepEqual(await Promise.all(second), [2, 2]);
  const third = together.ask();
  assert.equal(settle.length, 3);
  settle[2]?.reject(new Error('away'));
  await assert.rejects(third, /away/);
});

test('a question that failed is asked anew for those who came meanwhile', async () => {
  let asked = 0;
  const together = new AskedTogether(async () => {
    asked += 1;
    if (asked === 1) throw new Error('away');
    return asked;
  });
  const first = together.ask();
  const second = together.ask();
  await assert.rejects(first, /away/);
  assert.equal(await second, 2);
});
