import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportLines } from './report-lines.ts';
import { runFuzz } from './run-fuzz.ts';

const seed = Number(process.env['SLUICE_TEST_SEED'] ?? Date.now() % 2 ** 31);
const messages = Number(process.env['SLUICE_FUZZ_MESSAGES'] ?? 100_000);
const session = process.env['SLUICE_FUZZ_SESSION'];

test('Whatever a client sends, nobody else notices: no crash, no internal error, nothing left behind', async (context) => {
  context.diagnostic(`seed ${seed} (SLUICE_TEST_SEED), ${messages} messages (SLUICE_FUZZ_MESSAGES)`);
  const report = await runFuzz({ seed, messages, session: session === undefined ? undefined : Number(session) });
  for (const line of reportLines(report)) context.diagnostic(line);
  assert.deepEqual(report.problems, []);
  assert.ok(session !== undefined || report.messages >= messages);
});
