import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageFolder } from '../../config/package-folder.ts';
import { StartError } from '../../error/start-error.ts';

/** A file that GraphiQL's page loads: UTF-8 text. */
export interface Asset {
  readonly contentType: string;
  readonly text: string;
}

const JAVASCRIPT = 'text/javascript; charset=utf-8';
const STYLE_SHEET = 'text/css; charset=utf-8';

/** The files of other packages, by the name that the page gives them. tools/graphiql.mjs has the same list for a build. */
export const ASSET_SOURCES: Readonly<Record<string, { readonly path: string; readonly contentType: string }>> = {
  'react.js': { path: 'react/umd/react.production.min.js', contentType: JAVASCRIPT },
  'react-dom.js': { path: 'react-dom/umd/react-dom.production.min.js', contentType: JAVASCRIPT },
  'graphiql.js': { path: 'graphiql/graphiql.min.js', contentType: JAVASCRIPT },
  'graphiql.css': { path: 'graphiql/graphiql.min.css', contentType: STYLE_SHEET },
};

/** Where a build keeps them: dist/graphiql. */
const BUILT = join(import.meta.dirname, '..', '..', 'graphiql');

/**
 * GraphiQL and React, out of a build or out of a checkout's packages. They are no part of what a production install needs, so
 * they may be absent: rejects with StartError then.
 */
export async function readAssets(
  built: string = BUILT,
  packages: string = join(packageFolder, 'node_modules'),
): Promise<ReadonlyMap<string, Asset>> {
  const fromBuild = existsSync(built);
  const entries = Object.entries(ASSET_SOURCES).map(async ([name, { path, contentType }]) => {
    const file = fromBuild ? join(built, name) : join(packages, path);
    return [name, { contentType, text: await read(file) }] as const;
  });
  return new Map(await Promise.all(entries));
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError([
      `--dev shows GraphiQL, whose files are not here: ${reason}. Install the development packages (npm ci), make a build (npm run build), or leave --dev out.`,
    ]);
  }
}
