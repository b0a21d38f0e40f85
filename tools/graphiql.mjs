// Copies what GraphiQL's page loads, and its licences, to dist/graphiql, where a build without these packages finds it.
// src/protocol/graphiql/assets.ts has the same list; a test compares them. The image's build runs this file.

import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Names in dist/graphiql, and where each file is in node_modules. */
export const GRAPHIQL_FILES = {
  'react.js': 'react/umd/react.production.min.js',
  'react-dom.js': 'react-dom/umd/react-dom.production.min.js',
  'graphiql.js': 'graphiql/graphiql.min.js',
  'graphiql.css': 'graphiql/graphiql.min.css',
  'LICENSE-react': 'react/LICENSE',
  'LICENSE-react-dom': 'react-dom/LICENSE',
  'LICENSE-graphiql': 'graphiql/LICENSE',
};

/** @param {string} root folder with node_modules and dist */
export function copyGraphiql(root) {
  const folder = join(root, 'dist', 'graphiql');
  mkdirSync(folder, { recursive: true });
  for (const [name, source] of Object.entries(GRAPHIQL_FILES))
    cpSync(join(root, 'node_modules', source), join(folder, name));
}

if (import.meta.main) copyGraphiql(join(import.meta.dirname, '..'));
