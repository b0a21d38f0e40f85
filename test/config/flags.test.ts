import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFlags } from '../../src/config/flags.ts';

const SPECS = [
  { name: 'port', placeholder: 'PORT' },
  { name: 'file', placeholder: 'FILE' },
  { name: 'dev', placeholder: '' },
];

test('a value stands after a space or an equals sign; a switch needs none', () => {
  const { values, positionals, problems } = parseFlags(['--port', '1', 'word', '--file=a=b', '--dev'], SPECS);
  assert.deepEqual(
    [...values],
    [
      ['port', '1'],
      ['file', 'a=b'],
      ['dev', 'true'],
    ],
  );
  assert.deepEqual(positionals, ['word']);
  assert.deepEqual(problems, []);
});

test('a switch can be turned off, and takes no word from the command line', () => {
  assert.equal(parseFlags(['--dev=false'], SPECS).values.get('dev'), 'false');
  assert.deepEqual(parseFlags(['--dev', 'false'], SPECS).positionals, ['false']);
});

test('a lone - and negative numbers are values; after -- everything is positional', () => {
  assert.equal(parseFlags(['--file', '-'], SPECS).values.get('file'), '-');
  assert.equal(parseFlags(['--port', '-1'], SPECS).values.get('port'), '-1');
  assert.deepEqual(parseFlags(['--', '--port', '-x'], SPECS).positionals, ['--port', '-x']);
});

test('unknown, repeated and value-less flags are all reported, with a suggestion', () => {
  const { problems } = parseFlags(
    ['--prot', '1', '--port', '1', '--port', '2', '--workers=4', '-x', '--file', '--dev'],
    SPECS,
  );
  assert.deepEqual(
    problems.map(({ origin, message, fix }) => [origin.type === 'flag' && origin.flag, message, fix]),
    [
      ['--prot', 'there is no such flag', 'Did you mean --port?'],
      ['--port', 'it is given twice', 'Keep one of the two.'],
      ['--workers', 'there is no such flag', 'Leave it out; --help lists the flags of this command.'],
      ['-x', 'there is no such flag', 'Leave it out; --help lists the flags of this command.'],
      ['--file', 'it needs a value', 'Write --file FILE.'],
    ],
  );
});

test('the value of an unknown flag makes no second complaint', () => {
  const { problems, positionals } = parseFlags(['--workers', '4'], SPECS);
  assert.equal(problems.length, 1);
  assert.deepEqual(positionals, []);
});
