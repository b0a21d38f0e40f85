import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DocumentCache } from '../../src/operation/document-cache.ts';

test('A37: the cache is bounded in bytes, and the least recently used text goes first', () => {
  const checked: string[] = [];
  const entry = (name: string) => `${name}${' '.repeat(1_000)}`;
  const cache = new DocumentCache(
    (text) => {
      checked.push(text.trim());
      return { type: 'invalid', stage: 'syntax', errors: [] };
    },
    // Room for three entries of this size.
    650_000,
  );
  for (const name of ['a', 'b', 'c', 'a', 'd', 'a', 'b']) cache.get(entry(name));
  assert.deepEqual(checked, ['a', 'b', 'c', 'd', 'b']);
  assert.ok(cache.size <= 3);
});

test('A37: a text too long to keep is checked each time and pushes nothing out', () => {
  let checks = 0;
  const cache = new DocumentCache(() => {
    checks += 1;
    return { type: 'invalid', stage: 'syntax', errors: [] };
  });
  const long = 'x'.repeat(20_000);
  cache.get('{ a }');
  cache.get(long);
  cache.get(long);
  cache.get('{ a }');
  assert.equal(checks, 3);
  assert.equal(cache.size, 1);
});
