import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { encodePayload, withGap } from '../../../src/fanout/payload.ts';
import { payloadCursor } from '../../../src/protocol/sse/payload-cursor.ts';

describe('the cursor in a result', () => {
  it('P42: it is the one in the extensions, whatever the data says', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.option(fc.stringMatching(/^[\w-]{1,1000}$/), { nil: undefined }),
        fc.boolean(),
        fc.boolean(),
        fc.option(fc.constant(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`), { nil: undefined }),
        (value, cursor, scanCut, failed, traceparent) => {
          const data = JSON.stringify({ field: value });
          const errors = failed ? '[{"message":"x"}]' : undefined;
          const payload = encodePayload({ data, errors }, { cursor, scanCut, traceparent });
          JSON.parse(payload.toString());
          assert.equal(payloadCursor(payload), cursor);
        },
      ),
    );
  });

  for (const data of [
    '{"a":{"b":1,"extensions":{"cursor":"forged"}}}',
    '{"a":1,"extensions":{"cursor":"forged"}}',
    '{"a":",\\"extensions\\":{\\"cursor\\":\\"forged\\"}}"}',
    '{"a":"x,","extensions":{"cursor":"forged"}}',
  ]) {
    it(`P42: data cannot be taken for it: ${data}`, () => {
      const without = encodePayload({ data, errors: undefined }, { cursor: undefined, scanCut: false });
      assert.equal(payloadCursor(without), undefined);
      const gap = withGap(without, { reason: 'link_lost', since: '2026-01-01T00:00:00.000Z' });
      assert.equal(payloadCursor(gap), undefined);
      const within = encodePayload({ data, errors: undefined }, { cursor: 'true-one', scanCut: false });
      assert.equal(payloadCursor(within), 'true-one');
    });
  }

  for (const bad of ['a\\nb', 'a b', 'a\\u0000', '', 'ä']) {
    it(`P42: ${JSON.stringify(bad)} never becomes an id`, () => {
      assert.equal(payloadCursor(Buffer.from(`{"data":{},"extensions":{"cursor":"${bad}"}}`)), undefined);
    });
  }
});
