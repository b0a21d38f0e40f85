import { readFileSync } from 'node:fs';

/** One line of the example's real data. */
export interface Earthquake {
  readonly id: string;
  readonly network: string;
  readonly magnitude: number | null;
}

export const exampleSchema: string = new URL('../../examples/earthquakes/schema.graphql', import.meta.url).pathname;

/** The 1,707 earthquakes of the example, in the order of the file. */
export function earthquakes(): readonly Earthquake[] {
  const file = new URL('../../examples/earthquakes/data/earthquakes.jsonl', import.meta.url);
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Earthquake);
}

/** Ids by network, in order. */
export function idsByNetwork(
  quakes: Iterable<{ readonly id: string; readonly network: string }>,
): Map<string, string[]> {
  const ids = new Map<string, string[]>();
  for (const { id, network } of quakes) {
    const known = ids.get(network);
    if (known === undefined) ids.set(network, [id]);
    else known.push(id);
  }
  return ids;
}
