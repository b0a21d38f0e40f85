import { MessageType } from 'graphql-ws';
import type { PayloadBatch } from '../../fanout/subscriber-sink.ts';

/** An operation id as it stands between the quotes of a JSON string, encoded once per subscription. */
export interface EncodedId {
  readonly text: string;
  readonly byteLength: number;
}

export function encodeId(id: string): EncodedId {
  const quoted = JSON.stringify(id);
  // Nearly always they are the same; then one text is kept instead of two.
  const text = quoted.length === id.length + 2 ? id : quoted.slice(1, -1);
  return { text, byteLength: Buffer.byteLength(text) };
}

const HEAD = Buffer.from('{"id":"');
const MIDDLE = Buffer.from(`","type":"${MessageType.Next}","payload":`);
const TAIL = 0x7d; // }

/** The messages of one batch for ids of one length: only the id differs, and it is patched in place. */
interface NextFrames {
  readonly frames: readonly Buffer[];
  id: string;
}

/**
 * The `next` messages of a batch for one subscriber, one per payload. Built once per batch and length of id, and shared: their
 * bytes are valid until the next call with the same batch, so hand them to the socket at once.
 */
export function nextFrames(batch: PayloadBatch, id: EncodedId): readonly Buffer[] {
  // A number as the key of a framing is the byte length of a WebSocket operation id.
  const known = batch.framings.get(id.byteLength) as NextFrames | undefined;
  if (known === undefined) return firstFrames(batch, id);
  if (known.id !== id.text) {
    for (const bytes of known.frames) writeId(bytes, id);
    known.id = id.text;
  }
  return known.frames;
}

/** A function of its own: a closure in the one above would cost each subscriber a context, whether it is made or not. */
function firstFrames(batch: PayloadBatch, id: EncodedId): readonly Buffer[] {
  const frames = batch.payloads.map((payload) => frame(payload, id));
  batch.framings.set(id.byteLength, { frames, id: id.text } satisfies NextFrames);
  return frames;
}

function frame(payload: Buffer, id: EncodedId): Buffer {
  const payloadStart = HEAD.length + id.byteLength + MIDDLE.length;
  const bytes = Buffer.allocUnsafe(payloadStart + payload.length + 1);
  bytes.set(HEAD, 0);
  writeId(bytes, id);
  bytes.set(MIDDLE, HEAD.length + id.byteLength);
  bytes.set(payload, payloadStart);
  bytes[bytes.length - 1] = TAIL;
  return bytes;
}

function writeId(bytes: Buffer, id: EncodedId): void {
  // ASCII ids, which is nearly all of them, take the faster path.
  bytes.write(id.text, HEAD.length, id.byteLength, id.text.length === id.byteLength ? 'latin1' : 'utf8');
}
