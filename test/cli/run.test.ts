import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMMANDS } from '../../src/cli/commands.ts';
import { OPTION_LIST } from '../../src/config/options.ts';
import { VERSION } from '../../src/version.ts';
import { runCaptured } from './captured-io.ts';

test('--help, -h and help list every command on stdout and end with 0', async () => {
  for (const words of [['--help'], ['-h'], ['help']]) {
    const { code, stdout, stderr } = await runCaptured(words);
    assert.deepEqual([code, stderr], [0, '']);
    for (const { name, summary } of COMMANDS) assert.ok(stdout.includes(`${name} `) && stdout.includes(summary), name);
  }
});

test('without a command, help goes to stderr and the code is 2', async () => {
  const { code, stdout, stderr } = await runCaptured([]);
  assert.deepEqual([code, stdout], [2, '']);
  assert.match(stderr, /Commands:/);
});

test('--version prints the version of the package', async () => {
  assert.deepEqual(await runCaptured(['--version']), { code: 0, stdout: `${VERSION}\n`, stderr: '' });
});

test('the help of each command names all its flags, settings, examples and exit codes, whichever way it is asked for', async () => {
  for (const command of COMMANDS) {
    const { code, stdout } = await runCaptured([command.name, '--help']);
    assert.equal(code, 0);
    for (const flag of command.flags) assert.ok(stdout.includes(`--${flag.name}`), `${command.name} --${flag.name}`);
    for (const [, { name }] of OPTION_LIST)
      assert.equal(stdout.includes(`--${name} `), command.settings, `${command.name} --${name}`);
    for (const example of command.examples) assert.ok(stdout.includes(example), example);
    for (const [exit, meaning] of command.exitCodes)
      assert.ok(stdout.includes(`${exit}  `) && meaning !== '', command.name);
    assert.equal((await runCaptured(['help', command.name])).stdout, stdout);
    assert.equal((await runCaptured([command.name, '-h', '--prot', '1'])).stdout, stdout);
  }
});

test('help fits the terminal, except for examples, which stay whole', async () => {
  const examples = new Set(COMMANDS.flatMap((command) => command.examples.map((example) => `  ${example}`)));
  for (const { name } of COMMANDS) {
    const { stdout } = await runCaptured([name, '--help'], { columns: 72 });
    for (const line of stdout.split('\n')) assert.ok(line.length <= 72 || examples.has(line), line);
  }
});

test('an unknown command is usage, with a suggestion where there is one', async () => {
  assert.deepEqual(await runCaptured(['publsh']), {
    code: 2,
    stdout: '',
    stderr: 'sluice: there is no command publsh. Did you mean sluice publish?\n',
  });
  assert.match((await runCaptured(['explode'])).stderr, /sluice --help lists the commands/);
});

test('a wrong flag of any command is usage, says which, and starts nothing', async () => {
  for (const { name } of COMMANDS) {
    const { code, stderr } = await runCaptured([name, '--replicas', '4']);
    assert.equal(code, 2, name);
    assert.match(stderr, /--replicas\n {2}there is no such flag/, name);
  }
});

test('words that a command does not take are usage', async () => {
  for (const name of ['serve', 'check', 'print-schema', 'topics']) {
    const { code, stderr } = await runCaptured([name, 'extra']);
    assert.equal(code, 2, name);
    assert.match(stderr, /no words beside its flags, and there is: extra/, name);
  }
});
