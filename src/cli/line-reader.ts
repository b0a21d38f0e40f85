/** One line of a file of events. */
export interface EventLine {
  /** From 1. */
  readonly number: number;
  /** Undefined when the line is no text: longer than the bound, or not UTF-8. */
  readonly text: string | undefined;
  /** Why there is no text. */
  readonly problem: string | undefined;
}

/** Longest line that is read, in bytes: far above what a broker takes. What is longer is skipped to its end. */
export const MAX_LINE_BYTES: number = 16 * 1024 * 1024;

const LINE_FEED = 0x0a;

/**
 * Lines of a stream of UTF-8, in the groups in which they arrive, so that a slow writer does not wait for its line to be seen.
 * Blank lines are counted and left out. Memory is bounded by a chunk and `MAX_LINE_BYTES`.
 */
export async function* readEventLines(
  source: AsyncIterable<Uint8Array>,
  maxLineBytes: number = MAX_LINE_BYTES,
): AsyncGenerator<readonly EventLine[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let parts: Uint8Array[] = [];
  let bytes = 0;
  let number = 0;

  const take = (part: Uint8Array): void => {
    bytes += part.length;
    // What is too long is only counted.
    if (bytes > maxLineBytes) parts = [];
    else parts.push(part);
  };
  const finish = (): EventLine[] => {
    number += 1;
    const line = lineOf(number, parts, bytes > maxLineBytes, decoder);
    parts = [];
    bytes = 0;
    return line === undefined ? [] : [line];
  };

  for await (const chunk of source) {
    const lines: EventLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      take(chunk.subarray(start, end));
      lines.push(...finish());
      start = end + 1;
    }
    // A copy: the chunk's memory may be the stream's own.
    if (start < chunk.length) take(Buffer.from(chunk.subarray(start)));
    if (lines.length > 0) yield lines;
  }
  const last = bytes > 0 ? finish() : [];
  if (last.length > 0) yield last;
}

function lineOf(
  number: number,
  parts: readonly Uint8Array[],
  tooLong: boolean,
  decoder: { decode(bytes: Uint8Array): string },
): EventLine | undefined {
  if (tooLong) return { number, text: undefined, problem: 'the line is too long' };
  try {
    const text = decoder.decode(Buffer.concat(parts)).trim();
    return text === '' ? undefined : { number, text, problem: undefined };
  } catch {
    return { number, text: undefined, problem: 'the line is not UTF-8' };
  }
}
