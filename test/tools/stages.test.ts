import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stages } from '../../tools/stages.mjs';

function recorded(): { stages: Stages; lines: string[] } {
  const lines: string[] = [];
  let milliseconds = 0;
  const now = (): number => {
    milliseconds += 1500;
    return milliseconds;
  };
  return { stages: new Stages({ say: (line) => lines.push(line), now }), lines };
}

test('a stage tells its outcome, time and note in one aligned line', async () => {
  const { stages, lines } = recorded();
  const answer = await stages.run('lint', async (note) => {
    note('210 files');
    return 42;
  });
  assert.equal(answer, 42);
  assert.deepEqual(lines, ['lint           passed       1.5 s  210 files']);
  assert.equal(stages.ok, true);
});

test('a stage that throws has failed, shows why, and does not stop the next', async () => {
  const { stages, lines } = recorded();
  const failing = async (): Promise<never> => {
    throw new Error('broken');
  };
  assert.equal(await stages.run('first', failing), undefined);
  assert.equal(await stages.run('second', async () => 'fine'), 'fine');
  assert.equal(lines[0], '\nbroken\n');
  assert.match(lines[1] ?? '', /^first +failed/);
  assert.equal(stages.ok, false);
});

test('a stage that could not be tried fails the whole, and the table has every stage', async () => {
  const { stages } = recorded();
  await stages.run('first', async () => {});
  stages.skip('tests', 'they need the brokers');
  assert.equal(stages.ok, false);
  const table = stages.table();
  assert.match(table, /^first +passed/m);
  assert.match(table, /^tests +not run .*they need the brokers$/m);
  assert.match(table, /^all stages +failed/m);
});
