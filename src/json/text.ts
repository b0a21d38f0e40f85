import { isAscii, isUtf8 } from 'node:buffer';
import { JsonSyntaxError, MAX_JSON_DEPTH, parseExactly } from './exact-parser.ts';
import type { JsonObject, JsonValue } from './value.ts';

/**
 * Parses a JSON text. An integer literal beyond ±(2^53 − 1) becomes a bigint; everything else is as `JSON.parse` has it.
 * Throws {@link JsonSyntaxError} for text that is not JSON, nests deeper than 500, or has a number that no double can hold.
 */
export function parseJson(text: string): JsonValue {
  if (needsExactParser(text)) return parseExactly(text);
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    // Says where, and quotes nothing of the text (A70); the engine's own message does.
    return parseExactly(text);
  }
}

/** Parses UTF-8 JSON like {@link parseJson}. Bytes that are not UTF-8 are an error, never U+FFFD. Keeps no view of the bytes. */
export function parseJsonBytes(bytes: Buffer): JsonValue {
  // Most JSON is ASCII, and one byte a character is the cheapest text there is.
  if (isAscii(bytes)) return parseJson(bytes.toString('latin1'));
  if (!isUtf8(bytes)) throw new JsonSyntaxError('not valid UTF-8');
  return parseJson(bytes.toString('utf8'));
}

/** The value as JSON text: bigints as integer literals, everything else as `JSON.stringify` writes it. */
export function stringifyJson(value: JsonValue): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    // A bigint is what `JSON.stringify` refuses. They are rare, so the common value pays nothing for them.
    if (error instanceof TypeError) return stringifyExactly(value);
    throw error;
  }
}

function stringifyExactly(value: JsonValue): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(stringifyExactly).join(',')}]`;
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${stringifyExactly(member)}`);
  return `{${members.join(',')}}`;
}

/** `Array.isArray` does not narrow readonly arrays. */
function isArray(value: JsonObject | readonly JsonValue[]): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** A number that may round to infinity has three digits of exponent, or 16 digits before its point. */
const LARGE_EXPONENT = /[0-9][eE]\+?[0-9]{3}/;

/**
 * Whether the text may hold something that `JSON.parse` would round or nest too deep. Looks at every 16th character for the digits,
 * so that the scan costs a small part of a parse (measured by bench/decode.ts). A false alarm costs time only.
 */
function needsExactParser(text: string): boolean {
  return hasDigitRun(text) || LARGE_EXPONENT.test(text) || nestsTooDeep(text);
}

/** The shortest integer literal beyond the safe range has 16 digits. */
const DIGIT_RUN = 16;

function hasDigitRun(text: string): boolean {
  for (let at = DIGIT_RUN - 1; at < text.length; at += DIGIT_RUN) {
    // A run of 16 covers one of the characters looked at; from there it is measured both ways.
    if (!isDigit(text.charCodeAt(at))) continue;
    let first = at;
    while (isDigit(text.charCodeAt(first - 1))) first -= 1;
    let end = at + 1;
    while (end - first < DIGIT_RUN && isDigit(text.charCodeAt(end))) end += 1;
    if (end - first < DIGIT_RUN) continue;
    if (mayBeginInteger(text, first)) return true;
    // On from its end, or each step within a long run would measure it again.
    while (isDigit(text.charCodeAt(end))) end += 1;
    at = end;
  }
  return false;
}

/**
 * Whether an integer can begin here. In valid JSON, digits behind a quote or a letter are part of a string, as identifiers and
 * microseconds in quotes are, and those behind a point are a fraction, which `JSON.parse` reads as well as can be.
 */
function mayBeginInteger(text: string, at: number): boolean {
  return at === 0 || BEFORE_INTEGER.includes(text.charAt(at - 1));
}

const BEFORE_INTEGER = '-:,[ \n\r\t';

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Exact for valid JSON. */
function nestsTooDeep(text: string): boolean {
  if (text.length < 2 * MAX_JSON_DEPTH) return false;
  // Few texts open 500 objects and arrays at all, and `indexOf` finds that out faster than a loop over the characters.
  const objects = count(text, '{', MAX_JSON_DEPTH + 1);
  if (objects + count(text, '[', MAX_JSON_DEPTH + 1 - objects) <= MAX_JSON_DEPTH) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      at = endOfString(text, at);
    } else if ((code | 0x20) === 0x7b) {
      // `[` and `{` differ in one bit, as do `]` and `}`.
      depth += 1;
      if (depth > MAX_JSON_DEPTH) return true;
    } else if ((code | 0x20) === 0x7d) {
      depth -= 1;
    }
  }
  return false;
}

/** How often the text has the character, counted up to `limit`. */
function count(text: string, character: string, limit: number): number {
  let found = 0;
  for (let at = text.indexOf(character); at !== -1 && found < limit; at = text.indexOf(character, at + 1)) found += 1;
  return found;
}

/** Index of the quote that closes the string opened at `start`; the text's length when none does. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at += 1) {
    at = text.indexOf('"', at);
    if (at === -1) return text.length;
    let escapes = 0;
    while (text.charCodeAt(at - 1 - escapes) === 0x5c) escapes += 1;
    if (escapes % 2 === 0) return at;
  }
}
