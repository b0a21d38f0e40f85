import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { endHungTests } from '../../tools/hung-tests.mjs';

test('a test file that spins is named and killed, and the runner goes on with the others', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-spin-'));
  const said: string[] = [];
  let hung: ReturnType<typeof endHungTests> | undefined;
  try {
    writeFileSync(join(folder, 'a.test.mjs'), 'for (;;);\n');
    writeFileSync(join(folder, 'b.test.mjs'), "import { test } from 'node:test';\ntest('fine', () => {});\n");
    const { NODE_TEST_CONTEXT: _ours, ...environment } = process.env;
    const runner = spawn(process.execPath, ['--test', '--test-reporter=tap', 'a.test.mjs', 'b.test.mjs'], {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    assert.ok(runner.pid !== undefined);
    hung = endHungTests(runner.pid, { limitMs: 5_000, everyMs: 200, say: (text: string) => said.push(text) });
    let output = '';
    runner.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    const [code] = await once(runner, 'close');
    assert.equal(code, 1);
    assert.match(output, /^# pass 1$/m);
    assert.match(output, /^# fail 1$/m);
    assert.deepEqual(hung.killed, ['a.test.mjs']);
    assert.match(said.join('\n'), /HUNG: a\.test\.mjs/);
  } finally {
    await hung?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
