import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { parseFlags } from '../../src/config/flags.ts';
import { LOOPBACK_LIMITS, PUBLIC_LIMITS } from '../../src/config/limit-options.ts';
import { CONFIG_FLAGS, type LoadedConfig, loadConfig } from '../../src/config/load-config.ts';
import { originText } from '../../src/config/origin.ts';
import type { Environment } from '../../src/config/variables.ts';

let folder = mkdtempSync(join(tmpdir(), 'sluice-config-'));
const folders = [folder];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-config-'));
  folders.push(folder);
});
after(() => {
  for (const made of folders) rmSync(made, { recursive: true, force: true });
});

function load(words: readonly string[], environment: Environment = {}): LoadedConfig {
  return loadConfig({ flags: parseFlags(words, CONFIG_FLAGS), environment, folder });
}

function config(words: readonly string[], environment: Environment = {}): Extract<LoadedConfig, { type: 'config' }> {
  const loaded = load(words, environment);
  assert.equal(loaded.type, 'config', JSON.stringify(loaded));
  if (loaded.type !== 'config') throw new Error('unreachable');
  return loaded;
}

function problems(words: readonly string[], environment: Environment = {}): readonly string[] {
  const loaded = load(words, environment);
  assert.equal(loaded.type, 'invalid', JSON.stringify(loaded));
  if (loaded.type !== 'invalid') throw new Error('unreachable');
  return loaded.problems.map(({ origin, value, message }) => `${originText(origin)} ${value ?? ''}: ${message}`);
}

function writeYaml(yaml: string, name = 'sluice.yaml'): void {
  writeFileSync(join(folder, name), yaml);
}

test('without anything written, the defaults of design §8 hold', () => {
  const { config: defaults, origins } = config([]);
  assert.match(defaults.schemaFile, /examples\/earthquakes\/schema\.graphql$/);
  assert.deepEqual(
    { ...defaults, schemaFile: '' },
    {
      schemaFile: '',
      host: '127.0.0.1',
      port: 4000,
      adminHost: '127.0.0.1',
      adminPort: 4001,
      dataFolder: join(folder, '.sluice'),
      redis: undefined,
      kafka: undefined,
      embedded: false,
      auth: undefined,
      workers: 1,
      createTopics: false,
      allowWeakDurability: false,
      maxMemory: undefined,
      logLevel: 'info',
      drainSeconds: 20,
      operationsFile: undefined,
      operationsOnly: false,
      introspection: true,
      trustedProxies: undefined,
      allowedOrigins: undefined,
      limits: LOOPBACK_LIMITS,
      dev: false,
    },
  );
  for (const origin of Object.values(origins)) assert.equal(origin.type, 'default');
});

test('flags win over variables, variables over the file, the file over defaults', () => {
  writeYaml('port: 1003\nadmin:\n  port: 1013\nhost: ::1\n');
  const { config: chosen, origins } = config(['--port', '1001'], { SLUICE_PORT: '1002', SLUICE_ADMIN_PORT: '1012' });
  assert.deepEqual([chosen.port, chosen.adminPort, chosen.host, chosen.adminHost], [1001, 1012, '::1', '127.0.0.1']);
  assert.deepEqual([origins.port, origins.adminPort, origins.host, origins.adminHost].map(originText), [
    '--port',
    'SLUICE_ADMIN_PORT',
    'sluice.yaml:4',
    'default',
  ]);
});

test('a flag can turn off what a variable turned on', () => {
  assert.equal(config(['--dev=false'], { SLUICE_DEV: 'true' }).config.dev, false);
});

test('relative paths start at the current folder, and in a file at the folder of the file', () => {
  assert.equal(config(['--schema', 'a.graphql']).config.schemaFile, join(folder, 'a.graphql'));
  assert.equal(config([], { SLUICE_DATA_DIR: 'd' }).config.dataFolder, join(folder, 'd'));
  const elsewhere = mkdtempSync(join(tmpdir(), 'sluice-config-'));
  folders.push(elsewhere);
  writeFileSync(join(elsewhere, 'x.yaml'), 'schema: a.graphql\n');
  assert.equal(config(['--config', join(elsewhere, 'x.yaml')]).config.schemaFile, join(elsewhere, 'a.graphql'));
  assert.equal(
    config([], { SLUICE_CONFIG: join(elsewhere, 'x.yaml') }).config.schemaFile,
    join(elsewhere, 'a.graphql'),
  );
});

test('dev creates topics unless it is told not to', () => {
  assert.equal(config(['--dev']).config.createTopics, true);
  assert.equal(config(['--dev', '--create-topics=false']).config.createTopics, false);
  assert.equal(config(['--create-topics']).config.createTopics, true);
});

test('every problem of flags, variables and file is reported at once, with its place and its value redacted', () => {
  writeYaml('prot: 1\nhost: a b\n');
  const all = problems(['--replicas', '4', '--port', '70000'], {
    SLUICE_REDIS_URL: 'http://user:hunter2@host',
    SLUICE_REPLICAS: '4',
  });
  assert.deepEqual(all, [
    '--replicas : there is no such flag',
    'SLUICE_REPLICAS 4: there is no such setting',
    'sluice.yaml:1 : there is no setting prot',
    'SLUICE_REDIS_URL http://***@host: it is a URL of http:// and not of redis:// or rediss://',
    'sluice.yaml:2 a b: it is not a host',
    '--port 70000: it is not a port',
  ]);
});

test('A77: a host that is not loopback needs auth: none written explicitly, by any of the three ways', () => {
  assert.deepEqual(problems(['--host', '0.0.0.0']), [
    '--host 0.0.0.0: the host is not loopback and there is no authentication: everyone who reaches it may publish and subscribe',
  ]);
  assert.match(problems([], { SLUICE_ADMIN_HOST: '::' })[0] ?? '', /^SLUICE_ADMIN_HOST ::: the host is not loopback/);
  assert.equal(config(['--host', '0.0.0.0', '--auth', 'none']).config.auth, 'none');
  assert.equal(config(['--host', '0.0.0.0'], { SLUICE_AUTH: 'none' }).config.host, '0.0.0.0');
  writeYaml('host: 0.0.0.0\nauth: none\n');
  assert.equal(config([]).config.host, '0.0.0.0');
});

test('the two listeners cannot have one port, unless it is 0 or their addresses differ', () => {
  assert.match(problems(['--port', '5000', '--admin-port', '5000'])[0] ?? '', /the admin listener has the port/);
  config(['--port', '0', '--admin-port', '0']);
  config(['--port', '5000', '--admin-port', '5000', '--admin-host', '127.0.0.2']);
});

test('a file that was named must be there; the one that was not may be missing', () => {
  assert.match(problems(['--config', 'gone.yaml'])[0] ?? '', /^--config gone\.yaml: the file cannot be read: ENOENT/);
  assert.match(problems([], { SLUICE_CONFIG: 'gone.yaml' })[0] ?? '', /^SLUICE_CONFIG gone\.yaml: /);
});

test('a sluice.yml that would silently not be read is an error', () => {
  writeYaml('port: 1\n', 'sluice.yml');
  assert.match(problems([])[0] ?? '', /^sluice\.yml : the file is not read/);
  config(['--config', 'sluice.yml']);
});

test('an empty flag value is an error', () => {
  assert.deepEqual(problems(['--redis-url=']), ['--redis-url : it is empty']);
  assert.deepEqual(problems(['--schema=']), ['--schema : it is empty']);
});

test('limits are set by flag, variable and file, and each is checked', () => {
  writeYaml('limits:\n  maxDepth: 7\n  maxTokens: 0\ntrustedProxies: [10.0.0.0/8, fd00::/8]\n');
  assert.deepEqual(problems(['--max-aliases', 'many'], { SLUICE_MAX_FIELDS: '12' }), [
    'sluice.yaml:3 0: it is not a whole number in its bounds',
    '--max-aliases many: it is not a whole number in its bounds',
  ]);
  writeYaml('limits:\n  maxDepth: 7\n  maxFields: 8\n  maxAliases: 9\ntrustedProxies: [10.0.0.0/8, fd00::/8]\n');
  const { limits, trustedProxies } = config(['--max-aliases', '3'], { SLUICE_MAX_FIELDS: '12' }).config;
  assert.deepEqual(limits, { ...LOOPBACK_LIMITS, maxDepth: 7, maxFields: 12, maxAliases: 3 });
  assert.deepEqual(trustedProxies, { type: 'networks', networks: ['10.0.0.0/8', 'fd00::/8'] });
});

test('A20, A22: limits on addresses and rates hold on public hosts; on loopback ones where they are written', () => {
  const open = ['--host', '0.0.0.0', '--auth', 'none'];
  assert.deepEqual(config(open).config.limits, { ...LOOPBACK_LIMITS, ...PUBLIC_LIMITS });
  assert.equal(config([...open, '--max-sockets-per-address', '0']).config.limits.maxSocketsPerAddress, 0);
  assert.equal(config(['--max-sockets-per-address', '5']).config.limits.maxSocketsPerAddress, 5);
});

test('A71: introspection is on for loopback hosts and in development, off elsewhere, unless it is set', () => {
  const open = ['--host', '0.0.0.0', '--auth', 'none'];
  assert.equal(config([]).config.introspection, true);
  assert.equal(config(open).config.introspection, false);
  assert.equal(config([...open, '--dev']).config.introspection, true);
  assert.equal(config([...open, '--introspection']).config.introspection, true);
  assert.equal(config(['--introspection=false']).config.introspection, false);
});

test('A61: locked mode without a manifest would run nothing, so it does not start', () => {
  assert.deepEqual(problems(['--operations-only']), [
    '--operations-only : only persisted operations may run, and there are none',
  ]);
  const locked = config(['--operations-only', '--operations', 'o.json']).config;
  assert.deepEqual([locked.operationsOnly, locked.operationsFile], [true, join(folder, 'o.json')]);
});
