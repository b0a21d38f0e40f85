import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { durationText } from '../../src/cli/duration-text.ts';
import { gatewayUrl } from '../../src/cli/gateway-url.ts';
import { shellQuote } from '../../src/cli/shell-quote.ts';
import { table } from '../../src/cli/table.ts';
import { wrap } from '../../src/cli/wrap.ts';

test('a duration is said in the largest unit that says it exactly', () => {
  const cases = [
    [86_400_000 * 30, '30d'],
    [3_600_000, '1h'],
    [90_000, '90s'],
    [1500, '1500ms'],
    [60_000, '1m'],
  ] as const;
  for (const [milliseconds, text] of cases) assert.equal(durationText(milliseconds), text);
});

test('a quoted word reaches a program as it was', () => {
  for (const word of ['plain', '', "it's", '{"a":"b c"}', '$HOME `x` \\', 'subscription { a(b: "c") { d } }', 'é\n!']) {
    const got = execFileSync('/bin/sh', ['-c', `printf %s ${shellQuote(word)}`], { encoding: 'utf8' });
    assert.equal(got, word);
  }
});

test('columns are aligned, and no line ends in spaces', () => {
  assert.equal(
    table([
      ['A', 'B'],
      ['long', 'x'],
      ['y', ''],
    ]),
    'A     B\nlong  x\ny\n',
  );
});

test('text is broken between words only', () => {
  assert.deepEqual(wrap('a bb ccc dddddddd e', 6), ['a bb', 'ccc', 'dddddddd', 'e']);
});

test('a gateway is named by an HTTP URL; without a path, /graphql is meant', () => {
  assert.equal(gatewayUrl('http://h:1'), 'http://h:1/graphql');
  assert.equal(gatewayUrl('https://h/x'), 'https://h/x');
  for (const text of ['h:1', 'ws://h', '', '/graphql']) assert.equal(gatewayUrl(text), undefined, text);
});
