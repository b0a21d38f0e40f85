// A restart under load (F23): SIGTERM to a gateway with 10,000 resuming clients on a real Redis and a real Kafka, while every lane is
// published to; a second process takes over. Prints what was seen and fails when an acknowledged event is missing or double.
// Each process needs more open files than there are clients. Run: node bench/drain.ts [CLIENTS]
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveChild } from '../test/cli/child.ts';
import { DRAIN_SCHEMA, runDrain } from '../test/gateway/drain-run.ts';
import { startKafkaServer } from '../test/support/kafka-server.ts';
import { startRedisServer } from '../test/support/redis-server.ts';
import { openFiles } from './support/open-files.ts';

const clients = Number(process.argv[2] ?? 10_000);
openFiles();
const folder = await mkdtemp(join(tmpdir(), 'sluice-drain-'));
await writeFile(join(folder, 'schema.graphql'), DRAIN_SCHEMA);
const redis = await startRedisServer();
const kafka = await startKafkaServer();
const words = ['--schema', join(folder, 'schema.graphql'), '--redis-url', redis.url, '--kafka-brokers', kafka.brokers];
const first = await serveChild(join(folder, 'one'), [...words, '--create-topics']);
const second = await serveChild(join(folder, 'two'), words);
try {
  // Few enough events that one client process reads them all beside its own work.
  const settings = { clients, lanesOfKind: 50, intervalMs: 2_000 };
  const report = await runDrain({ first, second, kinds: ['order', 'job'], ...settings });
  const [from, to] = report.closedAfterMs;
  console.log(`exit code ${report.exitCode}`);
  console.log(`closes    ${[...report.closeCodes].map(([code, count]) => `${count} with ${code}`).join(', ')}`);
  console.log(`          ${from.toFixed(0)} to ${to.toFixed(0)} ms after SIGTERM`);
  console.log(`events    ${report.acknowledged} acknowledged, ${report.deliveries} delivered`);
  console.log(`wrong     ${report.wrong.length} clients with a gap, a double or an error`);
  for (const line of report.wrong.slice(0, 10)) console.log(`          ${line}`);
  if (report.wrong.length > 0 || report.exitCode !== 0) process.exitCode = 1;
} finally {
  first.process.kill('SIGKILL');
  await second.stop();
  await kafka.stop();
  await redis.stop();
  await rm(folder, { recursive: true, force: true });
}
