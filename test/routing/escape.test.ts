import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapeParameter, unescapeParameter } from '../../src/routing/escape.ts';

function escaped(text: string): string | undefined {
  const result = escapeParameter(text);
  return result.type === 'escaped' ? result.text : undefined;
}

test('design §8: the plain alphabet stands as it is', () => {
  const plain = 'ABCXYZabcxyz0189_-@:|=+';
  assert.equal(escaped(plain), plain);
});

test('A50: every other byte is %XX in upper case', () => {
  assert.equal(escaped('a.b'), 'a%2Eb');
  assert.equal(escaped('a b*?[]{}/%'), 'a%20b%2A%3F%5B%5D%7B%7D%2F%25');
  assert.equal(escaped('..'), '%2E%2E');
  assert.equal(escaped('%2e'), '%252e');
  assert.equal(escaped('é😀'), '%C3%A9%F0%9F%98%80');
  assert.equal(escaped('\u{feff}a'), '%EF%BB%BFa');
});

test('A50: empty, control characters, half surrogates and more than 128 bytes are refused', () => {
  for (const text of ['', 'a\n', '\0', 'a\u007f', 'a\u0085', '\ud800', 'a\udc00b', 'a'.repeat(300), 'é'.repeat(65)]) {
    assert.equal(escaped(text), undefined, JSON.stringify(text));
  }
  assert.equal(escaped('a'.repeat(128)), 'a'.repeat(128));
  assert.equal(escaped('é'.repeat(64))?.length, 384);
});

test('A50: unescaping takes canonical escapes only', () => {
  for (const text of ['', '%', '%2', '%2e', '%41', 'a.b', 'a b', '%C3', '%00', '%0A', 'a'.repeat(129), '%ED%A0%80']) {
    assert.equal(unescapeParameter(text), undefined, text);
  }
  assert.equal(unescapeParameter('%2E%25'), '.%');
});

test('A50: every text that is accepted comes back, in the parameter alphabet', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const out = escaped(text);
      if (out === undefined) return;
      assert.match(out, /^[A-Za-z0-9_@:|=+%-]+$/);
      assert.equal(unescapeParameter(out), text);
    }),
    { numRuns: 2000 },
  );
});

test('A50: every escaped text that is accepted is the one its value gives', () => {
  const piece = fc.oneof(
    fc.constantFrom('%2E', '%41', '%2e', '%C3%A9', '%C3', '%00', '%25', '%'),
    fc.constantFrom('a', '-', '.'),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      const text = pieces.join('');
      const value = unescapeParameter(text);
      if (value !== undefined) assert.equal(escaped(value), text);
    }),
    { numRuns: 2000 },
  );
});
