import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OPTION_LIST } from '../../src/config/options.ts';
import { readVariables } from '../../src/config/variables.ts';

test('every setting has a variable that is read', () => {
  const environment = Object.fromEntries(OPTION_LIST.map(([key, { variable }]) => [variable, `value of ${key}`]));
  const { values, problems } = readVariables(environment);
  assert.deepEqual(problems, []);
  for (const [key] of OPTION_LIST) assert.equal(values.get(key), `value of ${key}`);
});

test('an unknown SLUICE_ variable is an error with a suggestion; its value is redacted', () => {
  const { problems } = readVariables({
    SLUICE_PROT: '4000',
    SLUICE_REDIS_PASSWORT: 'hunter2',
    SLUICE_NONSENSE_ENTIRELY: '1',
  });
  assert.deepEqual(
    problems.map(({ value, fix }) => [value, fix]),
    [
      ['4000', 'Did you mean SLUICE_PORT?'],
      ['***', 'Did you mean SLUICE_REDIS_PASSWORD?'],
      ['1', 'Remove it; docs/configuration.md lists the settings.'],
    ],
  );
});

test('variables of the tests and of others are left alone', () => {
  const { values, problems } = readVariables({
    SLUICE_TEST_REDIS_URL: 'x',
    SLUICE_CACHE: 'y',
    PATH: 'z',
    sluice_port: '1',
  });
  assert.deepEqual([values.size, problems], [0, []]);
});

test('an empty variable is an error: a deployment that lost a setting must not start without it', () => {
  const { problems } = readVariables({ SLUICE_KAFKA_BROKERS: '' });
  assert.equal(problems[0]?.message, 'it is empty');
});

test('variables that Kubernetes makes for a Service are named as such', () => {
  const environment = {
    SLUICE_PORT: 'tcp://10.0.0.1:4000',
    SLUICE_SERVICE_HOST: '10.0.0.1',
    SLUICE_SERVICE_PORT_HTTP: '4000',
    SLUICE_PORT_4000_TCP: 'tcp://10.0.0.1:4000',
    SLUICE_PORT_4000_TCP_PROTO: 'tcp',
    SLUICE_REDIS_PORT: 'tcp://10.0.0.2:6379',
  };
  const { values, problems } = readVariables(environment);
  assert.equal(values.size, 0);
  assert.equal(problems.length, Object.keys(environment).length);
  for (const { fix } of problems) assert.equal(fix, 'Set enableServiceLinks: false in the pod.');
});
