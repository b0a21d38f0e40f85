// Finds circles of imports: files that can only be understood together.

/** For every file, the files that it imports. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** One way around for each group of files that reach one another, beginning at its first file by name. */
export function importCycles(graph: ImportGraph): string[][] {
  const reach = new Map([...graph.keys()].map((file) => [file, reachable(graph, file)]));
  const reaches = (from: string, to: string): boolean => reach.get(from)?.has(to) ?? false;
  const cycles: string[][] = [];
  const seen = new Set<string>();
  for (const file of [...graph.keys()].sort()) {
    if (seen.has(file) || !reaches(file, file)) continue;
    for (const other of graph.keys()) if (reaches(file, other) && reaches(other, file)) seen.add(other);
    cycles.push(shortestWayBack(graph, file));
  }
  return cycles;
}

/** The files that can be reached by at least one step. */
function reachable(graph: ImportGraph, start: string): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [start];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    for (const next of graph.get(file) ?? []) {
      if (found.has(next)) continue;
      found.add(next);
      open.push(next);
    }
  }
  return found;
}

function shortestWayBack(graph: ImportGraph, start: string): string[] {
  const open = [{ last: start, way: [start] }];
  const found = new Set<string>();
  for (let step = open.shift(); step !== undefined; step = open.shift()) {
    for (const next of graph.get(step.last) ?? []) {
      if (next === start) return step.way;
      if (found.has(next)) continue;
      found.add(next);
      open.push({ last: next, way: [...step.way, next] });
    }
  }
  return [start];
}
