/** One block of a `text/event-stream` body. */
export interface StreamBlock {
  /** Its `event:`; empty where there is none, as in a comment. */
  readonly event: string;
  readonly data: string;
}

/** The blocks of a body that has ended. Comments and blocks without an event are left out. */
export function blocksOf(body: string): readonly StreamBlock[] {
  return body
    .split(/\r?\n\r?\n/)
    .map((block) => ({ event: field(block, 'event'), data: field(block, 'data') }))
    .filter(({ event }) => event !== '');
}

function field(block: string, name: string): string {
  const lines = block.split(/\r?\n/).filter((line) => line.startsWith(`${name}:`));
  return lines.map((line) => line.slice(name.length + 1).replace(/^ /, '')).join('\n');
}
