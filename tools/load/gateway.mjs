// The gateway that a load test runs against: a process of its own on a free port, with the topics of load-tests/schema.graphql beside the
// example's.

import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodePath, ROOT } from '../setup.mjs';
import { endChild, readyUrl } from './child.mjs';
import { SABOTAGES, sabotagedText } from './sabotage.ts';

const START_TIMEOUT_MS = 60_000;

/**
 * @param {object} options
 * @param {{redisUrl: string, kafkaBrokers: string} | undefined} options.brokers undefined: inside the process
 * @param {import('./sabotage.ts').SabotageName | undefined} options.sabotage a build that is bad on purpose, made for this run
 * @returns {Promise<{url: string, pid: number, stop: () => Promise<void>}>} `stop` is idempotent and removes everything
 */
export async function startGateway({ brokers, sabotage }) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-load-'));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  try {
    const root = sabotage === undefined ? ROOT : badBuild(join(folder, 'build'), sabotage);
    const args = [
      '--disable-warning=TimeoutNegativeWarning',
      join(root, 'src', 'main.ts'),
      'serve',
      ...['--schema', writeSchema(folder), '--data-dir', join(folder, 'data')],
      ...['--host', '127.0.0.1', '--port', '0', '--admin-port', '0'],
      ...(brokers === undefined
        ? []
        : ['--redis-url', brokers.redisUrl, '--kafka-brokers', brokers.kafkaBrokers, '--create-topics']),
    ];
    // Whatever this shell has set for other gateways.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SLUICE_')));
    const child = spawn(nodePath(), args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const stop = async () => {
      await endChild(child);
      removeFolder();
    };
    try {
      return { url: await readyUrl(child, /^Sluice ready on (\S+)$/m, START_TIMEOUT_MS), pid: child.pid, stop };
    } catch (error) {
      await stop();
      throw error;
    }
  } catch (error) {
    removeFolder();
    throw error;
  }
}

function writeSchema(folder) {
  const files = [join(ROOT, 'examples', 'earthquakes', 'schema.graphql'), join(ROOT, 'load-tests', 'schema.graphql')];
  const path = join(folder, 'schema.graphql');
  writeFileSync(path, files.map((file) => readFileSync(file, 'utf8')).join('\n'));
  return path;
}

/** A copy of the sources with the edits of a bad build. */
function badBuild(root, sabotage) {
  for (const part of ['src', 'examples', 'package.json'])
    cpSync(join(ROOT, part), join(root, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  for (const edit of SABOTAGES[sabotage]) {
    const path = join(root, edit.file);
    writeFileSync(path, sabotagedText(readFileSync(path, 'utf8'), edit));
  }
  return root;
}
