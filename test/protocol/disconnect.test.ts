import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  badRequest,
  closeReason,
  DRAINING,
  INIT_TIMEOUT,
  INTERNAL_ERROR,
  NOT_ACKNOWLEDGED,
  SLOW_CONNECTION,
  SUBPROTOCOL_NOT_ACCEPTABLE,
  subscriberExists,
  TOO_MANY_INITS,
} from '../../src/protocol/disconnect.ts';

describe('disconnects', () => {
  it('P29: a reason of 123 bytes stays as it is', () => {
    assert.equal(closeReason('x'.repeat(123)), 'x'.repeat(123));
  });

  it('P29: a longer reason is cut between characters, at most 123 bytes', () => {
    assert.equal(closeReason('x'.repeat(124)), 'x'.repeat(123));
    assert.equal(closeReason('😀'.repeat(50)), '😀'.repeat(30));
    assert.equal(closeReason(`x${'ä'.repeat(80)}`), `x${'ä'.repeat(61)}`);
    assert.equal(closeReason(`xx${'ä'.repeat(80)}`), `xx${'ä'.repeat(60)}`);
  });

  it('A10: control characters of a client do not come back in a reason', () => {
    assert.equal(closeReason('a\r\nb\0c'), 'a  b c');
  });

  it('P33: no disconnect has the code 1000', () => {
    const all = [
      DRAINING,
      INIT_TIMEOUT,
      INTERNAL_ERROR,
      NOT_ACKNOWLEDGED,
      SLOW_CONNECTION,
      SUBPROTOCOL_NOT_ACCEPTABLE,
      TOO_MANY_INITS,
      badRequest('x'),
      subscriberExists('1'),
    ];
    assert.deepEqual(
      all.map(({ code }) => code as number),
      [1012, 4408, 4500, 4401, 1013, 4406, 4429, 4400, 4409],
    );
  });
});
