import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OPTION_LIST } from '../../src/config/options.ts';
import { runCaptured } from './captured-io.ts';
import { temporaryFolder } from './temporary-folder.ts';

const folder = temporaryFolder({ 'sluice.yaml': 'port: 4500\nlimits:\n  maxDepth: 7\n' });
const environment = {
  SLUICE_PORT: '4600',
  SLUICE_REDIS_URL: 'redis://user:hunter2@host',
  SLUICE_KAFKA_BROKERS: 'k:9092',
  SLUICE_KAFKA_SASL: 'plain',
  SLUICE_KAFKA_USERNAME: 'kate',
  SLUICE_KAFKA_PASSWORD: 'swordfish',
};

test('every setting is there, with its value and where it was written; flags win over variables, these over the file', async () => {
  const words = ['config', '--print', '--json', '--port', '4700'];
  const { code, stdout, stderr } = await runCaptured(words, { folder, environment });
  assert.deepEqual([code, stderr], [0, '']);
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { setting: string; value: string; from: string });
  assert.equal(rows.length, OPTION_LIST.length);
  const of = (setting: string): unknown => rows.find((row) => row.setting === setting);
  assert.deepEqual(of('port'), { setting: 'port', value: '4700', from: '--port' });
  assert.deepEqual(of('limits.maxDepth'), { setting: 'limits.maxDepth', value: '7', from: 'sluice.yaml:3' });
  assert.deepEqual(of('dataDir'), { setting: 'dataDir', value: '.sluice', from: 'default' });
  assert.deepEqual(of('kafka.username'), { setting: 'kafka.username', value: 'kate', from: 'SLUICE_KAFKA_USERNAME' });
});

test('no secret is shown, neither a password of its own nor one in a URL', async () => {
  for (const format of [[], ['--json']]) {
    const { stdout } = await runCaptured(['config', '--print', ...format], { folder, environment });
    assert.ok(!/hunter2|swordfish/.test(stdout), stdout);
    assert.match(stdout, /redis:\/\/\*\*\*@host/);
  }
});

test('without --print it says what it takes', async () => {
  assert.equal((await runCaptured(['config'], { folder, environment })).code, 2);
});
