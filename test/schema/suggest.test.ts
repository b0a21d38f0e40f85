import assert from 'node:assert/strict';
import { test } from 'node:test';
import { didYouMean, suggest } from '../../src/schema/suggest.ts';

test('the nearest option is suggested, and none when nothing is near', () => {
  assert.equal(suggest('netwrk', ['id', 'network', 'net']), 'network');
  assert.equal(suggest('WILDCARD', ['wildcard']), 'wildcard');
  assert.equal(suggest('zzzzzz', ['id', 'network']), undefined);
  assert.equal(didYouMean('idd', ['id']), 'Did you mean "id"? ');
  assert.equal(didYouMean('zzzzzz', ['id']), '');
});
