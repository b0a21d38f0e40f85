import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ERROR_CODES, OperationError } from '../../src/error/operation-error.ts';

test('docs/errors.md lists every code, and no other', () => {
  const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
  const listed = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1]);
  assert.deepEqual(listed.sort(), Object.keys(ERROR_CODES).sort());
});

test('an error goes over the wire with its code, its facts and its path', () => {
  const error = new OperationError('LIMIT_EXCEEDED', 'Too deep.', { limit: 'maxDepth', value: 20 });
  assert.deepEqual(error.toWire(['a', 0]), {
    message: 'Too deep.',
    path: ['a', 0],
    extensions: { code: 'LIMIT_EXCEEDED', limit: 'maxDepth', value: 20 },
  });
});
