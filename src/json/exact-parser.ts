import type { JsonValue } from './value.ts';

/**
 * How deep arrays and objects may nest. Everything that walks a JSON value may recurse: this keeps it far from the end of the
 * stack (A24, A31), and texts too short to nest so deep need no look.
 */
export const MAX_JSON_DEPTH = 500;

/** How many digits an integer literal may have: building a bigint costs more than linear time (A31). */
export const MAX_INTEGER_DIGITS = 1000;

/** A text that is not JSON, or goes beyond the limits of this room. The message never quotes the text (A70). */
export class JsonSyntaxError extends SyntaxError {
  override readonly name = 'JsonSyntaxError';
  /** Index in UTF-16 code units; undefined when the bytes are no text at all. */
  readonly position: number | undefined;

  constructor(problem: string, position?: number) {
    super(position === undefined ? problem : `${problem} at position ${position}`);
    this.position = position;
  }
}

/**
 * A JSON text as a value, integers kept exact: an integer literal beyond the safe range of a double becomes a bigint. Accepts what
 * `JSON.parse` accepts, less what nests too deep and numbers that no double can hold. Throws {@link JsonSyntaxError}.
 */
export function parseExactly(text: string): JsonValue {
  return new ExactParser(text).parse();
}

const WORDS = new Map<string, JsonValue>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

class ExactParser {
  readonly #text: string;
  #at = 0;
  readonly #number = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): JsonValue {
    const value = this.#value(0);
    if (this.#peek() !== '') this.#fail('unexpected text after the value');
    return value;
  }

  #value(depth: number): JsonValue {
    const next = this.#peek();
    switch (next) {
      case '{':
        return this.#object(this.#deeper(depth));
      case '[':
        return this.#array(this.#deeper(depth));
      case '"':
        return this.#string();
      case 't':
      case 'f':
      case 'n':
        return this.#word(next === 'f' ? 5 : 4);
      default:
        return this.#numeral();
    }
  }

  #object(depth: number): JsonValue {
    const object: Record<string, JsonValue> = {};
    this.#at += 1;
    if (this.#take('}')) return object;
    do {
      if (this.#peek() !== '"') this.#fail('expected a member name');
      const key = this.#string();
      if (!this.#take(':')) this.#fail("expected ':'");
      const value = this.#value(depth);
      if (key === '__proto__') {
        // Plain assignment would set the prototype (A57).
        Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
      } else {
        object[key] = value;
      }
    } while (this.#take(','));
    if (!this.#take('}')) this.#fail("expected ',' or '}'");
    return object;
  }

  #array(depth: number): JsonValue {
    const array: JsonValue[] = [];
    this.#at += 1;
    if (this.#take(']')) return array;
    do array.push(this.#value(depth));
    while (this.#take(','));
    if (!this.#take(']')) this.#fail("expected ',' or ']'");
    return array;
  }

  #string(): string {
    const text = this.#text;
    const start = this.#at;
    let escaped = false;
    let at = start + 1;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === 0x22) break;
      if (code === 0x5c) {
        escaped = true;
        at += 2;
      } else if (code >= 0x20) {
        at += 1;
      } else {
        // A control character, or NaN at the end of the text.
        this.#at = Math.min(at, text.length);
        this.#fail(at < text.length ? 'control character in a string' : 'unterminated string');
      }
    }
    this.#at = at + 1;
    if (!escaped) return text.slice(start + 1, at);
    try {
      return JSON.parse(text.slice(start, at + 1));
    } catch {
      this.#at = start;
      return this.#fail('bad escape in the string');
    }
  }

  #word(length: number): JsonValue {
    const value = WORDS.get(this.#text.slice(this.#at, this.#at + length));
    if (value === undefined) this.#fail('unexpected character');
    this.#at += length;
    return value;
  }

  #numeral(): JsonValue {
    this.#number.lastIndex = this.#at;
    const match = this.#number.exec(this.#text);
    if (match === null) {
      return this.#fail(this.#at < this.#text.length ? 'unexpected character' : 'unexpected end');
    }
    const literal = match[0];
    const value = Number(literal);
    if (match[1] === undefined && match[2] === undefined) {
      if (literal.length > MAX_INTEGER_DIGITS) this.#fail(`integer of more than ${MAX_INTEGER_DIGITS} digits`);
      this.#at += literal.length;
      return Number.isSafeInteger(value) ? value : BigInt(literal);
    }
    if (!Number.isFinite(value)) this.#fail('number out of range');
    this.#at += literal.length;
    return value;
  }

  #deeper(depth: number): number {
    return depth < MAX_JSON_DEPTH ? depth + 1 : this.#fail(`nested deeper than ${MAX_JSON_DEPTH}`);
  }

  /** The next character that is not white space, and goes to it; empty at the end. */
  #peek(): string {
    const text = this.#text;
    let at = this.#at;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break;
      at += 1;
    }
    this.#at = at;
    return text.charAt(at);
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at += 1;
    return true;
  }

  #fail(problem: string): never {
    throw new JsonSyntaxError(problem, this.#at);
  }
}
