import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paint, printable } from '../../src/cli/paint.ts';
import { capturedOutput } from './captured-io.ts';

test('text is coloured only where the stream may have colour', () => {
  assert.equal(paint(capturedOutput({ colour: false }), 'red', 'a'), 'a');
  assert.equal(paint(capturedOutput({ colour: true }), 'red', 'a'), '\u001b[31ma\u001b[39m');
});

test('A72: nothing that a terminal would obey is printed', () => {
  assert.equal(printable('a\u001b[2Jb\u009b1mc\rd\ne\u202ef'), 'a\\u001b[2Jb\\u009b1mc\\u000dd\\u000ae\\u202ef');
  assert.equal(printable('a\nb\r', { lines: true }), 'a\nb\\u000d');
  assert.equal(printable('naïve 🌋'), 'naïve 🌋');
});
