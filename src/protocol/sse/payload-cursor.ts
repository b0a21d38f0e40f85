const MARK = Buffer.from(',"extensions":{"cursor":"');
const QUOTE = 0x22;
/** A cursor is at most 1 kB (P90), and little stands behind it. */
const TAIL_BYTES = 1_536;
/** What may stand behind the cursor: the end of the extensions and of the result, and before it the event's trace and a cut scan. */
const AFTER = /^(?:,"traceparent":"[0-9a-f-]{55}")?(?:,"scan":\{"complete":false\})?\}\}$/;
/** P42: the alphabet of cursors: no CR, LF or NUL could get into an `id:` line. */
const CURSOR = /^[\w-]+$/;

/**
 * The cursor in a result's extensions (P90); undefined when it has none. Read from the end of the text, where fan-out writes the
 * extensions of every result of a topic that keeps events. An unescaped quote behind a comma is never within a string, and only the
 * extensions of the result itself are followed by exactly two closing braces, so no data can be mistaken for them.
 */
export function payloadCursor(payload: Buffer): string | undefined {
  const tail = payload.length > TAIL_BYTES ? payload.subarray(-TAIL_BYTES) : payload;
  const mark = tail.lastIndexOf(MARK);
  if (mark < 0) return undefined;
  const start = mark + MARK.length;
  const end = tail.indexOf(QUOTE, start);
  if (end < 0 || !AFTER.test(tail.toString('latin1', end + 1))) return undefined;
  const cursor = tail.toString('latin1', start, end);
  return CURSOR.test(cursor) ? cursor : undefined;
}
