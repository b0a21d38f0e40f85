import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { serveChild } from '../cli/child.ts';
import { temporaryFolder } from '../cli/temporary-folder.ts';
import { startKafkaServer } from '../support/kafka-server.ts';
import { startRedisServer } from '../support/redis-server.ts';
import { DRAIN_SCHEMA, runDrain } from './drain-run.ts';

const CLIENTS = 500;

describe('F23: SIGTERM under publishing load, on real brokers', () => {
  it('500 resuming clients go to a second process without a gap or a double, and every acknowledged event is there', async () => {
    const folder = temporaryFolder({ 'drain.graphql': DRAIN_SCHEMA });
    const redis = await startRedisServer();
    const kafka = await startKafkaServer();
    const words = [
      ...['--schema', `${folder}/drain.graphql`, '--redis-url', redis.url, '--kafka-brokers', kafka.brokers],
      '--create-topics',
    ];
    const first = await serveChild(`${folder}/one`, words);
    const second = await serveChild(`${folder}/two`, words);
    try {
      const report = await runDrain({
        first,
        second,
        clients: CLIENTS,
        kinds: ['order', 'job'],
        lanesOfKind: 10,
        intervalMs: 200,
      });
      assert.deepEqual(report.wrong, []);
      assert.equal(report.exitCode, 0);
      assert.deepEqual([...report.closeCodes], [[1012, CLIENTS]]);
      assert.ok(report.deliveries >= CLIENTS, 'events were delivered');
      assert.match(first.stderr(), /"connections":500,"spreadMs":998/);
    } finally {
      first.process.kill('SIGKILL');
      await second.stop();
      await kafka.stop();
      await redis.stop();
    }
  });
});
