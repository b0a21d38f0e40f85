import { MessageType } from 'graphql-ws';
import type { WireError } from '../../error/operation-error.ts';
import type { Gap } from '../../fanout/subscriber-sink.ts';
import { stringifyJson } from '../../json/text.ts';
import type { JsonObject } from '../../json/value.ts';
import { errorsText } from '../errors-text.ts';
import type { EncodedId } from './next-frames.ts';

/** P6: the acknowledgement, without a payload. */
export const ACK_MESSAGE: string = `{"type":"${MessageType.ConnectionAck}"}`;

/** P8: the answer to a ping. */
export function pongMessage(payload: JsonObject | undefined): string {
  const tail = payload === undefined ? '' : `,"payload":${stringifyJson(payload)}`;
  return `{"type":"${MessageType.Pong}"${tail}}`;
}

/** One result, given as JSON text. */
export function nextMessage(id: string, result: string): string {
  return `{"id":${JSON.stringify(id)},"type":"${MessageType.Next}","payload":${result}}`;
}

export function errorMessage(id: string, errors: readonly WireError[]): string {
  return `{"id":${JSON.stringify(id)},"type":"${MessageType.Error}","payload":${errorsText(errors)}}`;
}

export function completeMessage(id: string): string {
  return `{"id":${JSON.stringify(id)},"type":"${MessageType.Complete}"}`;
}

/** Where one subscription stands, as a member of a progress ping (P100). Text, because an object has no free choice of keys (A57). */
export function progressEntry({ text }: EncodedId, cursor: string | undefined, gap: Gap | undefined): string {
  return `"${text}":${JSON.stringify({ cursor, gap })}`;
}

const PROGRESS_HEAD = `{"type":"${MessageType.Ping}","payload":{"sluice":{`;
const PROGRESS_TAIL = '}}}';

/** Bytes of one progress ping. Its client sends all of them back in the pong. */
const MAX_PROGRESS_BYTES = 16_384;

/** P100: pings that carry these members, in as few messages as their size allows. */
export function progressMessages(entries: readonly string[]): string[] {
  const messages: string[] = [];
  const fixedBytes = PROGRESS_HEAD.length + PROGRESS_TAIL.length;
  let members: string[] = [];
  let bytes = fixedBytes;
  for (const entry of entries) {
    const entryBytes = Buffer.byteLength(entry) + 1;
    if (members.length > 0 && bytes + entryBytes > MAX_PROGRESS_BYTES) {
      messages.push(`${PROGRESS_HEAD}${members.join(',')}${PROGRESS_TAIL}`);
      members = [];
      bytes = fixedBytes;
    }
    members.push(entry);
    bytes += entryBytes;
  }
  messages.push(`${PROGRESS_HEAD}${members.join(',')}${PROGRESS_TAIL}`);
  return messages;
}
