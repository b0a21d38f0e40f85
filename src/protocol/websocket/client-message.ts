import { MessageType } from 'graphql-ws';
import { JsonSyntaxError } from '../../json/exact-parser.ts';
import { parseJsonBytes } from '../../json/text.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { OperationRequest } from '../../operation/port.ts';
import { readTraceContext, type TraceContext } from '../../tracing/trace-context.ts';
import { isJsonObject, member, readRequest } from '../request-shape.ts';

/**
 * What a client may say. The payload of a `pong` is read by nobody, that of `connection_init` only for what the client wants to be
 * told: claims in it are worth nothing (P7, A8).
 */
export type ClientMessage =
  /** `progress`: it asks for progress in pings (P100). `trace`: what it does belongs to that trace. */
  | {
      readonly type: MessageType.ConnectionInit;
      readonly progress: boolean;
      readonly trace?: TraceContext;
    }
  | { readonly type: MessageType.Ping; readonly payload: JsonObject | undefined }
  | { readonly type: MessageType.Pong }
  | { readonly type: MessageType.Subscribe; readonly id: string; readonly request: OperationRequest }
  | { readonly type: MessageType.Complete; readonly id: string };

/** Bytes that are no message of a client; `reason` says why, for the close frame. */
export interface MalformedMessage {
  readonly type: 'malformed';
  readonly reason: string;
}

/** Reads one text message, given as UTF-8 (P13 to P15, P28). Unknown members are ignored. */
export function readClientMessage(bytes: Buffer, maxIdBytes: number): ClientMessage | MalformedMessage {
  let message: JsonValue;
  try {
    message = parseJsonBytes(bytes);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return malformed(`The message is not valid JSON: ${error.message}`);
  }
  if (!isJsonObject(message)) return malformed('The message must be a JSON object');
  const type = member(message, 'type');
  switch (type) {
    case MessageType.ConnectionInit:
    case MessageType.Pong:
    case MessageType.Ping: {
      const payload = member(message, 'payload') ?? undefined;
      if (payload !== undefined && !isJsonObject(payload)) {
        return malformed(`The payload of ${type} must be an object, null or absent`);
      }
      if (type === MessageType.Ping) return { type, payload };
      if (type === MessageType.Pong) return { type };
      const trace = payload && readTraceContext(member(payload, 'traceparent'), member(payload, 'tracestate'));
      return { type, progress: asksForProgress(payload), ...(trace === undefined ? {} : { trace }) };
    }
    case MessageType.Complete: {
      const id = readId(message, maxIdBytes);
      return typeof id === 'string' ? { type, id } : id;
    }
    case MessageType.Subscribe:
      return readSubscribe(message, maxIdBytes);
    default:
      return malformed(typeof type === 'string' ? `Unknown message type ${type}` : "'type' must be a string");
  }
}

/** P100: `sluice.progress` is exactly true. Whatever else stands there is no wish, and no error either (P15). */
function asksForProgress(payload: JsonObject | undefined): boolean {
  const sluice = payload && member(payload, 'sluice');
  return isJsonObject(sluice) && member(sluice, 'progress') === true;
}

function readSubscribe(message: JsonObject, maxIdBytes: number): ClientMessage | MalformedMessage {
  const id = readId(message, maxIdBytes);
  if (typeof id !== 'string') return id;
  const payload = member(message, 'payload');
  if (!isJsonObject(payload)) return malformed('The payload of subscribe must be an object');
  const request = readRequest(payload);
  if (typeof request === 'string') return malformed(`In the payload of subscribe, ${request}`);
  return { type: MessageType.Subscribe, id, request };
}

function readId(message: JsonObject, maxIdBytes: number): string | MalformedMessage {
  const id = member(message, 'id');
  if (typeof id !== 'string' || id === '') return malformed("'id' must be a string that is not empty");
  if (Buffer.byteLength(id) > maxIdBytes) return malformed(`'id' must be at most ${maxIdBytes} bytes`);
  return id;
}

function malformed(reason: string): MalformedMessage {
  return { type: 'malformed', reason };
}
