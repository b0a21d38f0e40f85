import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportConfigProblems, reportSchemaProblems } from '../../src/cli/report.ts';
import { capturedOutput } from './captured-io.ts';

test('a schema problem shows its place, its line, carets below the offending text and the fix; all are shown and counted', () => {
  const output = capturedOutput();
  const source = 'type A {\n\tid: Whatever!\n}\n';
  const problem = {
    file: 'my.graphql',
    line: 2,
    column: 6,
    text: 'Whatever!',
    message: 'There is no type.',
    fix: 'Name one.',
  };
  reportSchemaProblems(output, [problem, { ...problem, line: 9, column: 1, text: 'gone' }], source);
  assert.equal(
    output.text(),
    'my.graphql:2:6  There is no type.\n' +
      '  2 | \tid: Whatever!\n' +
      '    | \t    ^^^^^^^^^\n' +
      '  Name one.\n' +
      '\n' +
      'my.graphql:9:1  There is no type.\n' +
      '  9 | gone\n' +
      '    | ^^^^\n' +
      '  Name one.\n' +
      '\n' +
      '2 problems in the schema\n',
  );
});

test('a configuration problem shows where and what was written, and the fix', () => {
  const output = capturedOutput();
  const common = { message: 'it is not a port', fix: 'Write a number.' };
  reportConfigProblems(output, [
    { origin: { type: 'flag', flag: '--port' }, value: 'x', ...common },
    { origin: { type: 'variable', variable: 'SLUICE_PORT' }, value: 'x', ...common },
    { origin: { type: 'file', file: 'sluice.yaml', line: 3 }, value: undefined, ...common },
  ]);
  assert.deepEqual(
    output
      .text()
      .split('\n')
      .filter((line) => !line.startsWith(' ')),
    ['--port x', 'SLUICE_PORT=x', 'sluice.yaml:3', '', '3 problems in the configuration', ''],
  );
});
