import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { checkImports } from '../../tools/check-imports.ts';

/** Files of a src/ by path; answers the violations as `file:line message`. */
function violationsIn(files: Readonly<Record<string, string>>): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-imports-'));
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    return checkImports(folder).violations.map(({ file, line, message }) => `${file}:${line} ${message}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('imports that go downwards pass, by whatever form', () => {
  const files = {
    'main.ts': "import { run } from './cli/run.ts';\nrun(process.argv);\n",
    'cli/run.ts': "export { start } from '../gateway.ts';\nexport type { Value } from '../json/value.ts';\n",
    'gateway.ts':
      "import { Kafka } from './broker/kafka/broker.ts';\nconst lazy = () => import('./transport/listener.ts');\n",
    'transport/listener.ts': "import uws from 'uWebSockets.js';\nimport type { Rules } from '../protocol/rules.ts';\n",
    'protocol/rules.ts': "import { isIP } from 'node:net';\nimport { createHash } from 'node:crypto';\n",
    'broker/kafka/broker.ts':
      "import { Producer } from '@platformatic/kafka';\nimport type { Broker } from '../port.ts';\n",
    'broker/redis/link.ts': "import { Redis } from 'ioredis';\n",
    'broker/redis-streams/broker.ts': "import '../redis/link.ts';\n",
    'broker/port.ts': '',
    'json/value.ts': '',
    'config/environment.ts': "import { parse } from 'yaml';\nexport const url = process.env['SLUICE_REDIS_URL'];\n",
  };
  assert.deepEqual(violationsIn(files), []);
});

const REFUSED: readonly {
  readonly rule: string;
  readonly files: Readonly<Record<string, string>>;
  readonly expected: string;
}[] = [
  {
    rule: 'a room must not import a room above it',
    files: {
      'routing/a.ts': "import '../json/b.ts';\nimport '../broker/port.ts';",
      'json/b.ts': '',
      'broker/port.ts': '',
    },
    expected: 'routing/a.ts:2 routing must not import broker',
  },
  {
    rule: 'a type is an import like any other',
    files: { 'schema/a.ts': "import type { B } from '../fanout/b.ts';", 'fanout/b.ts': '' },
    expected: 'schema/a.ts:1 schema must not import fanout',
  },
  {
    rule: 'so is a type taken by import()',
    files: { 'json/a.ts': "type B = import('../broker/port.ts').B;", 'broker/port.ts': '' },
    expected: 'json/a.ts:1 json must not import broker',
  },
  {
    rule: 'so is a dynamic import',
    files: { 'time/a.ts': "\nconst b = await import('../log/b.ts');", 'log/b.ts': '' },
    expected: 'time/a.ts:2 time must not import log',
  },
  {
    rule: 'so is the file of a worker',
    files: { 'routing/a.ts': "new Worker(new URL('../broker/b.ts', import.meta.url));", 'broker/b.ts': '' },
    expected: 'routing/a.ts:1 routing must not import broker',
  },
  {
    rule: 'so is a re-export',
    files: { 'log/a.ts': "export {\n  b,\n} from '../broker/port.ts';", 'broker/port.ts': '' },
    expected: 'log/a.ts:1 log must not import broker',
  },
  {
    rule: 'a computed import cannot be checked',
    files: { 'cli/a.ts': 'const name = "x";\nawait import(name);' },
    expected: 'cli/a.ts:2 imports something computed, which no check can follow: name the file',
  },
  {
    rule: 'only transport imports uWebSockets.js',
    files: { 'protocol/a.ts': "import uws from 'uWebSockets.js';" },
    expected: 'protocol/a.ts:1 imports uWebSockets.js, which only transport may',
  },
  {
    rule: 'only broker/kafka imports kafkajs',
    files: { 'broker/redis/a.ts': "import { Kafka } from 'kafkajs';" },
    expected: 'broker/redis/a.ts:1 imports kafkajs, which only broker/kafka may',
  },
  {
    rule: 'only broker/kafka imports @platformatic/kafka, by any path',
    files: { 'gateway.ts': "import x from '@platformatic/kafka/dist/x.js';" },
    expected: 'gateway.ts:1 imports @platformatic/kafka, which only broker/kafka may',
  },
  {
    rule: 'only the Redis adapters import ioredis',
    files: { 'broker/memory/a.ts': "import { Redis } from 'ioredis';" },
    expected:
      'broker/memory/a.ts:1 imports ioredis, which only broker/redis, broker/redis-pubsub, broker/redis-streams may',
  },
  {
    rule: 'only metrics and admin import prom-client',
    files: { 'fanout/a.ts': "import { Counter } from 'prom-client';" },
    expected: 'fanout/a.ts:1 imports prom-client, which only metrics, admin may',
  },
  {
    rule: 'transport knows no GraphQL',
    files: { 'transport/a.ts': "import { parse } from 'graphql';" },
    expected:
      'transport/a.ts:1 imports graphql, which only schema, access, operation, fanout, protocol, client, gateway, cli may',
  },
  {
    rule: 'a package that is not listed is an error',
    files: { 'cli/a.ts': "import chalk from 'chalk';" },
    expected: 'cli/a.ts:1 imports the package chalk, which tools/import-rules.ts does not list',
  },
  {
    rule: 'protocol opens no socket',
    files: { 'protocol/a.ts': "import { connect, isIP } from 'node:net';" },
    expected: 'protocol/a.ts:1 protocol must not import node:net',
  },
  {
    rule: 'protocol serves no HTTP',
    files: { 'protocol/http/a.ts': "import http from 'http';" },
    expected: 'protocol/http/a.ts:1 protocol must not import http',
  },
  {
    rule: 'adapters do not import one another',
    files: { 'broker/sqlite/a.ts': "import '../memory/b.ts';", 'broker/memory/b.ts': '' },
    expected: 'broker/sqlite/a.ts:1 broker/sqlite must not import broker/memory',
  },
  {
    rule: 'the Redis adapters share broker/redis only',
    files: { 'broker/redis-pubsub/a.ts': "import '../redis-streams/b.ts';", 'broker/redis-streams/b.ts': '' },
    expected: 'broker/redis-pubsub/a.ts:1 broker/redis-pubsub must not import broker/redis-streams',
  },
  {
    rule: 'the port imports no adapter',
    files: { 'broker/port.ts': "import './memory/b.ts';", 'broker/memory/b.ts': '' },
    expected: 'broker/port.ts:1 the broker port must not import an adapter (broker/memory)',
  },
  {
    rule: 'process.env is read in main and config only',
    files: { 'log/a.ts': "\n\nexport const level = process.env['LEVEL'];" },
    expected: 'log/a.ts:3 reads process.env or process.argv: only main and config may',
  },
  {
    rule: 'process.argv is read in main and config only, by any name',
    files: { 'cli/a.ts': "import { argv } from 'node:process';" },
    expected: 'cli/a.ts:1 reads process.env or process.argv: only main and config may',
  },
  {
    rule: 'an unlisted room is an error',
    files: { 'helpers/a.ts': '' },
    expected: 'helpers/a.ts:1 is in no room that tools/import-rules.ts lists',
  },
  {
    rule: 'an unlisted adapter is an error',
    files: { 'broker/nats/a.ts': '' },
    expected: 'broker/nats/a.ts:1 is in no room that tools/import-rules.ts lists',
  },
  {
    rule: 'a file beside the rooms is an error',
    files: { 'index.ts': '' },
    expected: 'index.ts:1 is in no room that tools/import-rules.ts lists',
  },
  {
    rule: 'nothing outside src is imported',
    files: { 'cli/a.ts': "import '../../package.json';" },
    expected: 'cli/a.ts:1 imports ../package.json, which is outside src',
  },
  {
    rule: 'a file that does not exist is an error',
    files: { 'cli/a.ts': "import './b.ts';" },
    expected: 'cli/a.ts:1 imports cli/b.ts, which does not exist',
  },
  {
    rule: 'files do not import one another in a circle',
    files: {
      'json/a.ts': "import './b.ts';",
      'json/b.ts': "import type { C } from './c.ts';",
      'json/c.ts': "import './b.ts';\nimport './a.ts';",
    },
    expected: 'json/a.ts:1 imports itself in a circle: json/a.ts → json/b.ts → json/c.ts → json/a.ts',
  },
];

for (const { rule, files, expected } of REFUSED) {
  test(rule, () => assert.deepEqual(violationsIn(files), [expected]));
}
