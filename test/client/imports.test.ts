import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { readImports } from '../../tools/typescript-imports.ts';

const SRC = resolve(import.meta.dirname, '../../src');

test('the client imports its own files and graphql-ws/client, and nothing of the server or of Node', () => {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const { specifier } of readImports(readFileSync(file, 'utf8'))) {
      assert.ok(specifier !== undefined, `${file} has a computed import`);
      if (specifier.startsWith('.')) visit(resolve(dirname(file), specifier));
      else packages.add(specifier);
    }
  };
  visit(resolve(SRC, 'client/resumable-client.ts'));
  const rooms = [...files].map((file) => relative(SRC, file).split('/')[0]);
  assert.deepEqual([...new Set(rooms)], ['client']);
  assert.ok(files.size > 5, 'the walk has followed the imports');
  assert.deepEqual([...packages], ['graphql-ws/client']);
});
