import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Brokers } from './brokers.ts';
import { type Cores, onCores } from './cores.ts';
import { type MeasuredServer, startServer } from './measured-server.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface SluiceOptions {
  /** Binds DURABLE to the real Kafka; else it is embedded, and unused. */
  readonly kafka?: boolean;
  /** For example `--trace-gc`. */
  readonly nodeFlags?: readonly string[];
}

/** `sluice serve` from the sources, on one core, with the bench's schema and the bench's brokers. */
export async function startSluice(
  brokers: Brokers,
  cores: Cores,
  { kafka = false, nodeFlags = [] }: SluiceOptions = {},
): Promise<MeasuredServer> {
  const data = await mkdtemp(join(tmpdir(), 'sluice-bench-data-'));
  const redis = await brokers.redis();
  const node = [process.execPath, '--disable-warning=TimeoutNegativeWarning', ...nodeFlags];
  const serve = ['serve', '--schema', join(ROOT, 'bench/schema.graphql'), '--port', '0', '--admin-port', '0'];
  const bound = ['--redis-url', `redis://127.0.0.1:${redis.port}`, '--data-dir', data];
  if (kafka) bound.push('--kafka-brokers', `127.0.0.1:${(await brokers.kafka()).port}`, '--create-topics');
  const removeData = (): Promise<void> => rm(data, { recursive: true, force: true });
  try {
    const server = await startServer({
      name: 'Sluice',
      command: onCores(cores, 'server', [...node, join(ROOT, 'src/main.ts'), ...serve, ...bound]),
      ready: /^Sluice ready on http:\/\/127\.0\.0\.1:(\d+)\/graphql$/m,
    });
    return { ...server, stop: () => server.stop().then(removeData) };
  } catch (error) {
    await removeData();
    throw error;
  }
}
