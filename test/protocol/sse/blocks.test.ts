import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { COMMENT_BLOCK, COMPLETE_BLOCK, errorsBlock, nextBlock, nextBlocks } from '../../../src/protocol/sse/blocks.ts';
import { batchOf, wireErrorOf } from '../scripted-operations.ts';

describe('blocks of an event stream', () => {
  it('P41: a result is one line of data in an event named next; the end is an event named complete with empty data', () => {
    assert.equal(nextBlock('{"data":1}'), 'event: next\ndata: {"data":1}\n\n');
    assert.equal(COMPLETE_BLOCK, 'event: complete\ndata:\n\n');
    assert.equal(COMMENT_BLOCK, ':\n\n');
  });

  it('P41: line breaks within a result do not break its line', () => {
    const lines = nextBlocks(batchOf({ data: { text: 'a\nb\r\nc\u2028d\n\n' } })).toString();
    assert.equal(lines.split(/\r\n|\r|\n/).length, 4);
    assert.match(lines, /^event: next\ndata: \{"data":\{"text":"a\\nb\\r\\nc\u2028d\\n\\n"\}\}\n\n$/);
  });

  it('P42: each result of a replayable topic stands under its own cursor', () => {
    const batch = batchOf(
      { data: 1, extensions: { cursor: 'c1' } },
      { data: 2 },
      { data: 3, extensions: { cursor: 'c3', scan: { complete: false } } },
    );
    assert.equal(
      nextBlocks(batch).toString(),
      'id: c1\nevent: next\ndata: {"data":1,"extensions":{"cursor":"c1"}}\n\n' +
        'event: next\ndata: {"data":2}\n\n' +
        'id: c3\nevent: next\ndata: {"data":3,"extensions":{"cursor":"c3","scan":{"complete":false}}}\n\n',
    );
  });

  it('the blocks of a batch are built once, for all its subscribers', () => {
    const batch = batchOf({ data: 1 });
    assert.equal(nextBlocks(batch), nextBlocks(batch));
    assert.notEqual(nextBlocks(batch), nextBlocks(batchOf({ data: 1 })));
  });

  it('P48: an expired cursor is taken from the client; other errors leave it what it has', () => {
    assert.match(
      errorsBlock([wireErrorOf('CURSOR_EXPIRED', 'gone')]),
      /^id:\nevent: next\ndata: \{"errors":\[.*\]\}\n\n$/,
    );
    assert.match(errorsBlock([wireErrorOf('BROKER_UNAVAILABLE', 'away')]), /^event: next\ndata: \{"errors":/);
  });
});
