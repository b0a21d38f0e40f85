import { JsonSyntaxError } from '../../json/exact-parser.ts';
import { parseJsonBytes } from '../../json/text.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { OperationRequest } from '../../operation/port.ts';
import { readRequest } from '../request-shape.ts';

/** Parameters that are JSON texts; all others are texts as they stand. */
const JSON_PARAMETERS: ReadonlySet<string> = new Set(['variables', 'extensions']);

/**
 * P64: the request in the query of a URL, or what is wrong with it. The parameters are those of a body; an empty `operationName` is
 * an absent one (GraphQL over HTTP, "GET"). A parameter that stands twice is refused: which one counts would be a guess.
 */
export function readQuery(query: string): OperationRequest | string {
  const members = new Map<string, JsonValue>();
  for (const part of query.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decode(equals < 0 ? part : part.slice(0, equals));
    const text = decode(equals < 0 ? '' : part.slice(equals + 1));
    if (name === undefined || text === undefined) return 'The query of the URL is not percent-encoded UTF-8.';
    if (members.has(name)) return 'The query of the URL has a parameter twice.';
    if (!JSON_PARAMETERS.has(name)) {
      if (name !== 'operationName' || text !== '') members.set(name, text);
      continue;
    }
    try {
      members.set(name, parseJsonBytes(Buffer.from(text)));
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      return `In the query of the URL, '${name}' is not valid JSON: ${error.message}.`;
    }
  }
  // Own members whatever their names (A57).
  const payload: JsonObject = Object.fromEntries(members);
  const request = readRequest(payload);
  return typeof request === 'string' ? `In the query of the URL, ${request}.` : request;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
