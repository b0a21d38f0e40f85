// `npm run build`: compiles src/ to dist/, which runs without the sources. The image is made of it.

import { rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from './command.mjs';
import { copyGraphiql } from './graphiql.mjs';
import { ROOT, SetupError, setUp } from './setup.mjs';

try {
  await setUp();
  // A file that has gone from src/ must go from dist/ too.
  rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
  const bin = join(ROOT, 'node_modules', '.bin');
  const env = { ...process.env, PATH: [bin, process.env.PATH].join(delimiter) };
  const { code, output } = await runCommand(join(bin, 'tsc'), ['-p', 'tsconfig.build.json'], { cwd: ROOT, env });
  if (code !== 0) throw new SetupError(`src/ does not compile:\n${output.trimEnd()}`);
  copyGraphiql(ROOT);
} catch (error) {
  console.error(error instanceof SetupError ? `build: ${error.message}` : error);
  process.exit(1);
}
