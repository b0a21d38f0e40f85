import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blocksOf } from '../../../load-tests/lib/event-stream.ts';

test('P41: the blocks of an event stream are read, without comments and blocks that have an id alone', () => {
  const body = ':\n\nid: a\n\nid: b\nevent: next\ndata: {"data":null}\n\nevent: complete\ndata:\n\n';
  assert.deepEqual(blocksOf(body), [
    { event: 'next', data: '{"data":null}' },
    { event: 'complete', data: '' },
  ]);
});
