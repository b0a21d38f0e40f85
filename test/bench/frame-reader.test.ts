import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FrameReader } from '../../bench/load/frame-reader.ts';

function frame(first: number, payload: Buffer): Buffer {
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.from([first, length]), payload]);
  const head = Buffer.alloc(length < 65_536 ? 4 : 10);
  head[0] = first;
  head[1] = length < 65_536 ? 126 : 127;
  if (length < 65_536) head.writeUInt16BE(length, 2);
  else head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

/** What a reader finds in bytes that arrive in pieces of a size. */
function readIn(bytes: Buffer, pieceSize: number): string[] {
  const found: string[] = [];
  const reader = new FrameReader({
    text: (piece, start, end) => found.push(piece.toString('utf8', start, end)),
    control: (opcode, payload) => found.push(`${opcode}:${payload.toString()}`),
  });
  // All pieces come in one buffer, as on a socket.
  const shared = Buffer.alloc(pieceSize + 3);
  for (let at = 0; at < bytes.length; at += pieceSize) {
    const length = bytes.copy(shared, 3, at, Math.min(bytes.length, at + pieceSize));
    reader.read(shared, 3, 3 + length);
  }
  return found;
}

describe('FrameReader', () => {
  const texts = ['', 'a', 'x'.repeat(125), 'y'.repeat(126), 'z'.repeat(70_000), 'ü'.repeat(300), 'end'];
  const bytes = Buffer.concat([
    ...texts.map((text) => frame(0x81, Buffer.from(text))),
    frame(0x89, Buffer.from('ping')),
    frame(0x88, Buffer.from('bye')),
  ]);

  it('finds the same frames in whichever pieces they arrive (RFC 6455, section 5.2)', () => {
    const expected = [...texts, '9:ping', '8:bye'];
    for (const size of [1, 2, 3, 4, 5, 7, 64, 125, 126, 127, 1_000, 65_536, bytes.length]) {
      assert.deepEqual(readIn(bytes, size), expected, `pieces of ${size}`);
    }
  });

  it('refuses a fragment instead of taking it for a message', () => {
    assert.throws(() => readIn(frame(0x01, Buffer.from('part')), 100), /0x1: only whole text messages/);
  });
});
