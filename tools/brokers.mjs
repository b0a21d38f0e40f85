// The Redis and the Kafka that tests and developers use: named by the environment, else found or fetched, and started here.
// Run as a program (`npm run brokers`) it starts them, prints the settings to paste, and stops them on Ctrl-C.

import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './cache.mjs';
import { ensureKafka, startKafka } from './kafka.mjs';
import { ensureRedis, startRedis } from './redis.mjs';
import { onStopSignal } from './stop-signal.mjs';

/**
 * Finds or fetches both brokers side by side, then starts those that the environment does not name.
 * The programs are needed in any case: some tests start servers of their own.
 * @returns {Promise<{settings: Record<string, string>, summary: string, stop: () => Promise<void>}>}
 *   `settings` are the variables that tests read (test/support/real-servers.ts). `stop` is idempotent and removes the data.
 * @throws {Error} that names every broker that is missing, and how to get it; nothing is left running then
 */
export async function startBrokers(environment = process.env) {
  const cache = cacheFolder(environment);
  const folder = mkdtempSync(join(tmpdir(), 'sluice-brokers-'));
  const started = [];
  let stopping;
  const stop = () => {
    stopping ??= Promise.allSettled(started.map((halt) => halt())).then(() =>
      rmSync(folder, { recursive: true, force: true }),
    );
    return stopping;
  };

  const redis = async () => {
    const binaries = await ensureRedis(cache);
    let url = environment.SLUICE_TEST_REDIS_URL;
    if (!url) {
      const server = await startRedis({ server: binaries.server, folder: join(folder, 'redis') });
      started.push(server.stop);
      url = server.url;
    }
    return {
      SLUICE_TEST_REDIS_URL: url,
      SLUICE_TEST_REDIS_SERVER: binaries.server,
      SLUICE_TEST_REDIS_CLI: binaries.cli,
    };
  };
  const kafka = async () => {
    const home = await ensureKafka(cache);
    let brokers = environment.SLUICE_TEST_KAFKA_BROKERS;
    if (!brokers) {
      const data = join(folder, 'kafka');
      await mkdir(data);
      const server = await startKafka({ kafkaHome: home, folder: data });
      // Nothing of it is kept, so it need not end in order, which takes seconds.
      started.push(server.kill);
      brokers = server.brokers;
    }
    return { SLUICE_TEST_KAFKA_BROKERS: brokers, SLUICE_TEST_KAFKA_HOME: home };
  };

  const results = await Promise.allSettled([redis(), kafka()]);
  const failures = results.filter((result) => result.status === 'rejected');
  if (failures.length > 0) {
    await stop();
    throw new Error(failures.map((failure) => failure.reason.message).join('\n'));
  }
  const settings = Object.assign({}, ...results.map((result) => result.value));
  const summary = `${settings.SLUICE_TEST_REDIS_URL}, Kafka ${settings.SLUICE_TEST_KAFKA_BROKERS}`;
  return { settings, summary, stop };
}

async function main() {
  const starting = startBrokers();
  onStopSignal(async () => {
    await (await starting).stop();
  });
  const { settings } = await starting;
  console.log('Redis and Kafka are running. For Sluice:');
  console.log(
    `  export SLUICE_REDIS_URL=${settings.SLUICE_TEST_REDIS_URL} SLUICE_KAFKA_BROKERS=${settings.SLUICE_TEST_KAFKA_BROKERS}`,
  );
  console.log("For single tests (node --test 'test/…'):");
  for (const [name, value] of Object.entries(settings)) console.log(`  export ${name}=${value}`);
  console.log('Ctrl-C stops both and removes their data.');
  // The servers do not keep this process alive; a timer does.
  setInterval(() => {}, 2 ** 30);
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(`brokers: ${error.message}`);
    process.exit(1);
  });
}
