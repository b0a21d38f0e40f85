import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeOutputBuffer, judgeServer } from '../../../src/broker/redis/server-check.ts';

const info = (version: string, policy: string): string =>
  `# Server\r\nredis_version:${version}\r\n# Memory\r\nmaxmemory_policy:${policy}\r\n`;

test('a Redis before 7.0, or one that hides its version, is a problem with its fix', () => {
  assert.deepEqual(judgeServer(info('7.0.15', 'noeviction'), 'host:1', true), { problems: [], warnings: [] });
  assert.deepEqual(judgeServer(info('10.1.0', 'noeviction'), 'host:1', true).problems, []);
  assert.match(judgeServer(info('6.2.14', 'noeviction'), 'host:1', true).problems.join(), /host:1.*6\.2\.14.*7\.0/);
  assert.equal(judgeServer('', 'host:1', true).problems.length, 1);
});

test('F37: an eviction policy is a warning where events are kept', () => {
  assert.match(judgeServer(info('7.0.15', 'allkeys-lru'), 'host:1', true).warnings.join(), /allkeys-lru.*noeviction/);
  assert.deepEqual(judgeServer(info('7.0.15', 'allkeys-lru'), 'host:1', false).warnings, []);
});

test('F5: an output buffer of Pub/Sub below the default is warned of; the default, no limit, and silence are not', () => {
  const of = (pubsub: string): number =>
    judgeOutputBuffer(`normal 0 0 0 slave 268435456 67108864 60 pubsub ${pubsub}`, 'r:6379').length;
  assert.deepEqual(['33554432 8388608 60', '0 0 0', '1048576 0 0', '33554432 4194304 60'].map(of), [0, 0, 1, 1]);
  assert.deepEqual(judgeOutputBuffer('', 'r:6379'), []);
});
