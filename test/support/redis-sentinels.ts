import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { type RedisServer, startRedisServer } from './redis-server.ts';

/** A primary, its replica, and three Sentinels that watch them under the name `orders`. */
export interface WatchedRedis {
  readonly primary: RedisServer;
  readonly replica: RedisServer;
  /** `host:port` of the Sentinels. */
  readonly sentinels: readonly string[];
  stop(): Promise<void>;
}

export async function startWatchedRedis(): Promise<WatchedRedis> {
  const primary = await startRedisServer();
  const replica = await startRedisServer({ args: ['--replicaof', '127.0.0.1', String(primary.port)] });
  await eventually(async () => (await primary.cli('INFO', 'replication')).includes('state=online'), {
    deadlineMs: 60_000,
    what: 'a replica that follows',
  });
  const folder = await mkdtemp(join(tmpdir(), 'sluice-sentinels-'));
  const ports = [await freePort(), await freePort(), await freePort()];
  const binary = process.env['SLUICE_TEST_REDIS_SERVER'] ?? 'redis-server';
  const children: ChildProcess[] = [];
  for (const port of ports) {
    const file = join(folder, `${port}.conf`);
    const lines = [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${folder}`,
      `sentinel monitor orders 127.0.0.1 ${primary.port} 2`,
      'sentinel down-after-milliseconds orders 1000',
      'sentinel failover-timeout orders 5000',
    ];
    await writeFile(file, `${lines.join('\n')}\n`);
    children.push(spawn(binary, [file, '--sentinel'], { stdio: 'ignore' }));
  }
  await eventually(
    async () => {
      const sentinel = new Redis({ port: ports[0] ?? 0, retryStrategy: null, lazyConnect: true });
      sentinel.on('error', () => {});
      try {
        await sentinel.connect();
        const told = (await sentinel.call('SENTINEL', 'master', 'orders')) as readonly string[];
        const of = (name: string): string | undefined => told[told.indexOf(name) + 1];
        return of('num-slaves') === '1' && of('num-other-sentinels') === '2';
      } catch {
        return false;
      } finally {
        sentinel.disconnect();
      }
    },
    { deadlineMs: 60_000, what: 'Sentinels that know each other' },
  );
  return {
    primary,
    replica,
    sentinels: ports.map((port) => `127.0.0.1:${port}`),
    async stop() {
      for (const child of children) {
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      }
      await primary.stop();
      await replica.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
