import { MessageType } from 'graphql-ws';
import type { WireError } from '../../error/operation-error.ts';
import { stringifyJson } from '../../json/text.ts';
import type { JsonObject } from '../../json/value.ts';
import { errorsText } from '../errors-text.ts';

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
