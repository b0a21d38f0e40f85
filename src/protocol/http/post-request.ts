import { JsonSyntaxError } from '../../json/exact-parser.ts';
import { parseJsonBytes } from '../../json/text.ts';
import type { JsonValue } from '../../json/value.ts';
import type { OperationRequest } from '../../operation/port.ts';
import { isJsonObject, readRequest } from '../request-shape.ts';

/** P64, P67: the request in a body, or what is wrong with it. */
export function readBody(body: Buffer): OperationRequest | string {
  let value: JsonValue;
  try {
    value = parseJsonBytes(body);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return `The request body is not valid JSON: ${error.message}.`;
  }
  if (Array.isArray(value)) return 'The request body is an array: batches are not supported, send one request each.';
  if (!isJsonObject(value)) return 'The request body must be a JSON object.';
  const request = readRequest(value);
  return typeof request === 'string' ? `In the request body, ${request}.` : request;
}
