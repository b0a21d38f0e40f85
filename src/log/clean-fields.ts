import type { LogFields } from './logger.ts';

/** Longest text of a field, in UTF-16 units; what is longer is cut and ends in `…` (A72). */
const MAX_FIELD_LENGTH = 1024;

/** Names of fields whose whole value is a secret. */
const SECRET_NAME = /passw|secret|token$|credential|authorization|cookie|^key$|apikey/i;

/** A72: the text without credentials, and not too long: users and passwords in URLs, tokens of headers, passwords of parameters. */
export function cleanText(text: string): string {
  // Nothing behind the cut is shown, so it is not searched either; a credential that the cut would split lies before twice of it.
  const searched = text.length > 2 * MAX_FIELD_LENGTH ? text.slice(0, 2 * MAX_FIELD_LENGTH) : text;
  const safe = searched
    .replaceAll(/([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s]*@/gi, '$1***@')
    .replaceAll(/\b(bearer|basic)\s+[\w.~+/=-]+/gi, '$1 ***')
    .replaceAll(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '***')
    .replaceAll(/((?:password|passwd|secret|token)=)[^&#\s]*/gi, '$1***');
  return safe.length > MAX_FIELD_LENGTH ? `${safe.slice(0, MAX_FIELD_LENGTH)}…` : safe;
}

/** A72: the fields as they may be shown. Those that are undefined are left out. */
export function cleanFields(fields: LogFields): Record<string, string | number | boolean> {
  const clean: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (typeof value !== 'string') clean[name] = value;
    else clean[name] = SECRET_NAME.test(name) ? '***' : cleanText(value);
  }
  return clean;
}
