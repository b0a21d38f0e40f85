import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ROOT } from '../../tools/setup.mjs';

const folder = mkdtempSync(join(tmpdir(), 'sluice-reporter-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** What the reporter prints for one test file. */
function reported(name: string, source: string): string {
  const file = join(folder, name);
  writeFileSync(file, source);
  const reporter = join(ROOT, 'tools', 'test-reporter.mjs');
  const args = ['--test', `--test-reporter=${reporter}`, '--test-reporter-destination=stdout', file];
  const { NODE_TEST_CONTEXT: _ours, ...environment } = process.env;
  return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env: environment }).stdout;
}

test('a passing file is one line, and the counts close the report', () => {
  const output = reported(
    'pass.test.mjs',
    "import { test } from 'node:test'; test('a', () => {}); test('b', () => {});",
  );
  assert.match(output, /^ok {3}pass\.test\.mjs +2 tests/);
  assert.match(output, /\n# tests 2\n(# .*\n)*# pass 2\n# fail 0\n/);
});

test('a failure is shown whole: name, place, both values and the stack', () => {
  const source =
    "import assert from 'node:assert/strict';\nimport { test, suite } from 'node:test';\n" +
    "suite('group', () => { test('F13: a rule', () => { assert.deepEqual({ a: [1, { b: 'x'.repeat(300) }] }, { a: 2 }); }); });\n";
  const output = reported('fail.test.mjs', source);
  assert.match(output, /FAILED: F13: a rule\n {5}at fail\.test\.mjs:3:\d+/);
  assert.ok(output.includes('x'.repeat(300)), 'long values are not cut');
  assert.match(output, /at .*fail\.test\.mjs:3/);
  assert.match(output, /\nFAIL fail\.test\.mjs/);
  assert.match(output, /\n# fail 1\n/);
  assert.doesNotMatch(output, /FAILED: group/);
});

test('a file that does not load is a failure with its reason', () => {
  const output = reported('broken.test.mjs', "import './does-not-exist.mjs';");
  assert.match(output, /does-not-exist\.mjs/);
  assert.match(output, /FAILED: /);
  assert.match(output, /\n# fail 1\n/);
});
