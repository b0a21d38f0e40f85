import { ERROR_CODES, type WireError } from '../error/operation-error.ts';
import type { ProjectedEvent } from './projection.ts';
import type { Gap } from './subscriber-sink.ts';

/** What of a payload's `extensions` is known when it is made. */
export interface PayloadExtensions {
  /** The place after the event; undefined where nothing is kept. */
  readonly cursor: string | undefined;
  /** `last: N` found fewer than N because its scan was cut (design §5). */
  readonly scanCut: boolean;
  /** The event's, where the subscriber wants it. Only beside a cursor: what is not kept carries none. */
  readonly traceparent?: string | undefined;
}

const CLOSING_BRACE = 0x7d;
const SCAN_CUT = ',"scan":{"complete":false}';

/** The UTF-8 text of one execution result. */
export function encodePayload(result: ProjectedEvent, { cursor, scanCut, traceparent }: PayloadExtensions): Buffer {
  let text = `{"data":${result.data}`;
  if (result.errors !== undefined) text += `,"errors":${result.errors}`;
  // The alphabets of cursors and traceparents need no escapes.
  if (cursor !== undefined) {
    const traced = traceparent === undefined ? '' : `,"traceparent":"${traceparent}"`;
    text += `,"extensions":{"cursor":"${cursor}"${traced}${scanCut ? SCAN_CUT : ''}}`;
  }
  return Buffer.from(`${text}}`, 'utf8');
}

/** The payload of a topic that keeps nothing, for one subscriber that lost something before it (P92). */
export function withGap(payload: Buffer, gap: Gap): Buffer {
  const extensions = Buffer.from(`,"extensions":${JSON.stringify({ gap })}}`);
  if (payload.at(-1) !== CLOSING_BRACE) throw new Error('A payload is a JSON object.');
  return Buffer.concat([payload.subarray(0, -1), extensions]);
}

/** The result for a record that cannot be read at all: `data: {field: null}` and one error at its path (P97). */
export function invalidEventResult(responseKey: string, reason: string): ProjectedEvent {
  const error: WireError = {
    message: `${ERROR_CODES.EVENT_INVALID}: ${reason}`,
    path: [responseKey],
    extensions: { code: 'EVENT_INVALID' },
  };
  return { data: `{${JSON.stringify(responseKey)}:null}`, errors: `[${JSON.stringify(error)}]` };
}
