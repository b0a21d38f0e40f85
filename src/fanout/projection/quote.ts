/** A character that JSON.stringify would escape: quote, backslash, control characters, and surrogates, since one may stand alone. */
const ESCAPED = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

/** Beyond this many characters the engine's own escaper is faster than a look for something to escape (bench/projection.ts). */
const SHORT = 100;

/** The text as a JSON string, as `JSON.stringify` writes it. */
export function quote(text: string): string {
  return text.length < SHORT && !ESCAPED.test(text) ? `"${text}"` : JSON.stringify(text);
}
