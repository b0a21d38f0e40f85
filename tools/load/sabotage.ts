/** One change to one file: `find` stands in it once. */
export interface Edit {
  /** From the root of the checkout. */
  readonly file: string;
  readonly find: string;
  readonly replacement: string;
  /** Added at the end of the file. */
  readonly appended?: string;
}

export type SabotageName = 'drop' | 'double' | 'swap' | 'sleep';

/** Where every result of a WebSocket subscription passes, live or read from history, and where every page of history passes. */
const EVERY_RESULT: Omit<Edit, 'appended'> = {
  file: 'src/protocol/websocket/subscription.ts',
  find: 'this.#host.send(nextFrames(batch, this));',
  replacement: 'this.#host.send(sabotaged(nextFrames(batch, this)));',
};
const EVERY_PAGE: Omit<Edit, 'appended'> = {
  file: 'src/operation/history/page.ts',
  find: 'edges: events.map(',
  replacement: 'edges: sabotaged(events).map(',
};

/** Changes one in so many. */
const ONE_IN = 1_000;

/** A function that passes a list of results on, except for what `fault` does at each that is numbered with a multiple of ONE_IN. */
function sabotaged(fault: string): string {
  return `
let sabotagedSoFar = 0;
function sabotaged<Item>(items: readonly Item[]): readonly Item[] {
  const changed: Item[] = [];
  for (const item of items) {
    sabotagedSoFar += 1;
    changed.push(item);
    if (sabotagedSoFar % ${ONE_IN} === 0) ${fault}
  }
  return changed;
}
`;
}

function everywhere(fault: string): readonly Edit[] {
  return [EVERY_RESULT, EVERY_PAGE].map((edit) => ({ ...edit, appended: sabotaged(fault) }));
}

/** Bad builds, made on purpose to show that the load tests find them. They exist only in a copy of the sources. */
export const SABOTAGES: Readonly<Record<SabotageName, readonly Edit[]>> = {
  drop: everywhere('changed.pop();'),
  double: everywhere('changed.push(item);'),
  // The one before it: where a batch has one result only, the count waits for one that has two.
  swap: everywhere(
    'changed.length < 2 ? (sabotagedSoFar -= 1) : changed.splice(-2, 2, ...changed.slice(-2).reverse());',
  ),
  sleep: [
    {
      file: 'src/fanout/flush.ts',
      find: 'this.#scheduled = false;\n    const start',
      replacement:
        'this.#scheduled = false;\n    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);\n    const start',
    },
  ],
};

/** @throws {Error} when the source has changed so that the edit does not fit any more */
export function sabotagedText(source: string, { file, find, replacement, appended = '' }: Edit): string {
  const places = source.split(find).length - 1;
  if (places !== 1)
    throw new Error(
      `The load tests are shown bad builds on purpose, and one is made at ${JSON.stringify(find)} in ${file}, which stands there ${places} times. Mend the edit in tools/load/sabotage.ts.`,
    );
  return source.replace(find, () => replacement) + appended;
}
