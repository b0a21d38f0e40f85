import assert from 'node:assert/strict';
import { test } from 'node:test';
import { didYouMean } from '../../src/text/did-you-mean.ts';

test('a word with a letter missing, added, changed or swapped finds what was meant', () => {
  const names = ['port', 'host', 'admin-port', 'schema'];
  for (const word of ['prot', 'por', 'ports', 'porr', 'PORT']) assert.equal(didYouMean(word, names), 'port', word);
  assert.equal(didYouMean('admin-prot', names), 'admin-port');
});

test('a word that is like none finds nothing', () => {
  assert.equal(didYouMean('workers', ['port', 'host', 'schema']), undefined);
  assert.equal(didYouMean('port', []), undefined);
});
