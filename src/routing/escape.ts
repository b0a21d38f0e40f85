/** How many bytes of UTF-8 a parameter value may have (design §8). */
export const PARAMETER_BYTES = 128;

/** A parameter's text as it stands in a topic instance, or why it cannot stand there (words that follow the parameter's name). */
export type EscapedParameter =
  | { readonly type: 'escaped'; readonly text: string }
  | { readonly type: 'refused'; readonly message: string };

const PLAIN = /^[A-Za-z0-9_\-@:|=+]{1,128}$/;
const CONTROL = /\p{Cc}/u;
const ESCAPED = /^(?:[A-Za-z0-9_\-@:|=+]|%[0-9A-F]{2})+$/;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function isPlainByte(byte: number): boolean {
  return byte < 0x80 && PLAIN.test(String.fromCharCode(byte));
}

/**
 * Escapes a parameter value (design §8, A50): `A-Z a-z 0-9 _ - @ : | = +` stand, every other byte of the UTF-8 is `%XX`.
 * So no value holds a `.`, a `/`, a glob character or an escape of its own, and different values give different texts.
 */
export function escapeParameter(text: string): EscapedParameter {
  if (PLAIN.test(text)) return { type: 'escaped', text };
  if (text === '') return { type: 'refused', message: 'is empty' };
  if (!text.isWellFormed()) return { type: 'refused', message: 'holds half of a surrogate pair' };
  if (CONTROL.test(text)) return { type: 'refused', message: 'holds a control character' };
  const bytes = encoder.encode(text);
  if (bytes.length > PARAMETER_BYTES) {
    return { type: 'refused', message: `has ${bytes.length} bytes; at most ${PARAMETER_BYTES} are allowed` };
  }
  let escaped = '';
  for (const byte of bytes) {
    escaped += isPlainByte(byte) ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return { type: 'escaped', text: escaped };
}

/** The inverse of `escapeParameter`. Strict: undefined for every text that `escapeParameter` does not write. */
export function unescapeParameter(escaped: string): string | undefined {
  if (PLAIN.test(escaped)) return escaped;
  if (!ESCAPED.test(escaped)) return undefined;
  const bytes: number[] = [];
  for (let at = 0; at < escaped.length; at += 1) {
    if (escaped[at] === '%') {
      bytes.push(Number.parseInt(escaped.slice(at + 1, at + 3), 16));
      at += 2;
    } else {
      bytes.push(escaped.charCodeAt(at));
    }
  }
  let text: string;
  try {
    text = decoder.decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
  const again = escapeParameter(text);
  return again.type === 'escaped' && again.text === escaped ? text : undefined;
}
