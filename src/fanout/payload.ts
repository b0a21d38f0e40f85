import { ERROR_CODES, type WireError } from '../error/operation-error.ts';
import type { ProjectedEvent } from './projection.ts';

/** Members of a payload's `extensions`, as JSON texts by name. */
export type PayloadExtensions = Readonly<Record<string, string>>;

/** The UTF-8 text of one execution result. */
export function encodePayload(result: ProjectedEvent, extensions: PayloadExtensions | undefined): Buffer {
  let text = `{"data":${result.data}`;
  if (result.errors !== undefined) text += `,"errors":${result.errors}`;
  if (extensions !== undefined) {
    const members = Object.entries(extensions).map(([name, json]) => `${JSON.stringify(name)}:${json}`);
    text += `,"extensions":{${members.join(',')}}`;
  }
  return Buffer.from(`${text}}`, 'utf8');
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
