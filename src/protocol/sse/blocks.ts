import type { WireError } from '../../error/operation-error.ts';
import type { PayloadBatch } from '../../fanout/subscriber-sink.ts';
import { errorsText } from '../errors-text.ts';
import { payloadCursor } from './payload-cursor.ts';

/** P40, P44: says nothing; tells proxies and clients that the stream lives. */
export const COMMENT_BLOCK = ':\n\n';

/** P41: the end of the operation; the `data:` is empty. */
export const COMPLETE_BLOCK = 'event: complete\ndata:\n\n';

/** P44: sets the client's Last-Event-ID without an event. */
export function idBlock(cursor: string): string {
  return `id: ${cursor}\n\n`;
}

/** P50: how long an EventSource waits before it comes back, in milliseconds. */
export function retryBlock(milliseconds: number): string {
  return `retry: ${milliseconds}\n\n`;
}

/** P41: one result, given as JSON text on one line. */
export function nextBlock(result: string): string {
  return `event: next\ndata: ${result}\n\n`;
}

/** P46, P48: the errors that an operation ended with. An expired cursor is taken from the client, which would come back with it. */
export function errorsBlock(errors: readonly WireError[]): string {
  const expired = errors.some((error) => error.extensions.code === 'CURSOR_EXPIRED');
  return `${expired ? 'id:\n' : ''}${nextBlock(`{"errors":${errorsText(errors)}}`)}`;
}

const NEXT = Buffer.from('event: next\ndata: ');
const END = Buffer.from('\n\n');
/** The key of this framing within a batch. */
const FRAMING = 'event-stream';

/**
 * All results of a batch as one piece of an event stream (P41, P42). Nothing in it differs between subscribers, so it is built once
 * per batch; never changed.
 */
export function nextBlocks(batch: PayloadBatch): Buffer {
  const known = batch.framings.get(FRAMING) as Buffer | undefined;
  if (known !== undefined) return known;
  const parts: Buffer[] = [];
  for (const payload of batch.payloads) {
    const cursor = payloadCursor(payload);
    if (cursor !== undefined) parts.push(Buffer.from(`id: ${cursor}\n`, 'latin1'));
    parts.push(NEXT, payload, END);
  }
  const blocks = Buffer.concat(parts);
  batch.framings.set(FRAMING, blocks);
  return blocks;
}
