import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanFields, cleanText } from '../../src/log/clean-fields.ts';

test('A72: credentials in URLs, headers and parameters are redacted, wherever they stand', () => {
  for (const text of [
    'cannot reach redis://user:hunter2@host:6379',
    'kafka+ssl://:hunter2@a,b',
    'rediss://u:a@hunter2@host and more',
    'Authorization: Bearer hunter2.x-y_z',
    'basic aHVudGVyMg==hunter2',
    'token eyJhbGciOiJIUzI1NiJ9.eyJodW50ZXIyIjoxfQ.hunter2',
    'GET /?password=hunter2&x=1',
  ]) {
    const clean = cleanText(text);
    assert.doesNotMatch(clean, /hunter2|aHVudGVyMg/, text);
    assert.match(clean, /\*\*\*/, text);
  }
});

test('A72: a field whose name says that it is a secret is not shown', () => {
  const clean = cleanFields({ password: 'a', authorization: 'b', redisPassword: 'c', accessToken: 'd', cookie: 'e' });
  assert.deepEqual(new Set(Object.values(clean)), new Set(['***']));
});

test('A72: long text is cut, and what is undefined is left out', () => {
  const { long } = cleanFields({ long: 'y'.repeat(1_000_000), nothing: undefined });
  assert.equal(long, `${'y'.repeat(1_024)}…`);
  assert.deepEqual(cleanFields({ nothing: undefined, code: 1006, open: true }), { code: 1006, open: true });
});

test('A72: a credential across the cut is not shown in part', () => {
  const url = `redis://user:${'hunter2'.repeat(20)}@host`;
  assert.doesNotMatch(cleanText(`${'x '.repeat(500)}${url}`), /hunter2/);
});
