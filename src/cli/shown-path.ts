import { isAbsolute, relative } from 'node:path';

/** The path as messages show it: relative to the current folder where it lies inside, absolute otherwise. */
export function shownPath(path: string, folder: string): string {
  const inside = relative(folder, path);
  return inside.startsWith('..') || isAbsolute(inside) ? path : inside;
}
