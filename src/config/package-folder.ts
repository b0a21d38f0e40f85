import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folder of the installed package: the nearest one above this file with a package.json, in the sources and in a build alike. */
export const packageFolder: string = nearestPackage(import.meta.dirname);

function nearestPackage(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (dirname(folder) === folder) throw new Error(`There is no package.json above ${start}.`);
  }
}
