import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Config } from '../../src/config/config.ts';
import { parseFlags } from '../../src/config/flags.ts';
import { CONFIG_FLAGS, loadConfig } from '../../src/config/load-config.ts';
import { StartError } from '../../src/error/start-error.ts';
import type { Logger } from '../../src/log/logger.ts';
import { silentLogger } from '../../src/log/logger.ts';
import type { Delivery } from '../../src/routing/topic.ts';
import { workerCount } from '../../src/workers/worker-count.ts';

function config(...words: readonly string[]): Config {
  const loaded = loadConfig({ flags: parseFlags(words, CONFIG_FLAGS), environment: {}, folder: '/nowhere' });
  assert.equal(loaded.type, 'config');
  return loaded.type === 'config' ? loaded.config : assert.fail();
}

const REDIS = ['--redis-url', 'redis://127.0.0.1'];
const KAFKA = ['--kafka-brokers', '127.0.0.1:9092'];

function count(words: readonly string[], used: readonly Delivery[], log: Logger = silentLogger): number {
  return workerCount(config(...words), new Set(used), 4, log);
}

test('workers are as many as asked for, auto is one per core', () => {
  assert.equal(count(['--workers', '3', ...REDIS], ['EPHEMERAL', 'BUFFERED']), 3);
  assert.equal(count(['--workers', 'auto', ...REDIS, ...KAFKA], ['EPHEMERAL', 'DURABLE']), 4);
  assert.equal(count([], ['EPHEMERAL', 'BUFFERED', 'DURABLE']), 1);
});

test('several workers with an embedded delivery in use are refused: each delivery, why, and both ways out', () => {
  assert.throws(
    () => count(['--workers', '2', ...REDIS], ['EPHEMERAL', 'DURABLE']),
    (error: unknown) => {
      assert.ok(error instanceof StartError);
      assert.equal(error.problems.length, 1);
      assert.match(
        error.problems[0] ?? '',
        /^--workers 2 needs brokers that all workers share, but DURABLE topics are embedded/,
      );
      assert.match(
        error.problems[0] ?? '',
        /Bind them with --kafka-brokers or SLUICE_KAFKA_BROKERS, or start with --workers 1\.$/,
      );
      return true;
    },
  );
  assert.throws(
    () => count(['--workers', '2'], ['EPHEMERAL', 'BUFFERED', 'DURABLE']),
    (error: unknown) => error instanceof StartError && error.problems.length === 3,
  );
});

test('auto with an embedded delivery in use is one worker, and says why', () => {
  const lines: unknown[] = [];
  const log: Logger = { ...silentLogger, info: (message, fields) => void lines.push([message, fields]) };
  assert.equal(count(['--workers', 'auto', ...KAFKA], ['BUFFERED', 'DURABLE'], log), 1);
  assert.deepEqual(lines, [
    [
      'one worker, although there are more cores: embedded brokers live in one process',
      { deliveries: 'BUFFERED', cores: 4 },
    ],
  ]);
});

test('an embedded delivery that no topic uses is in nobody’s way', () => {
  assert.equal(count(['--workers', '2', ...REDIS], ['EPHEMERAL']), 2);
  assert.equal(count(['--workers', '2', ...KAFKA], ['DURABLE']), 2);
});
