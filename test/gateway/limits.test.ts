import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { LOOPBACK_LIMITS } from '../../src/config/limit-options.ts';
import { RawClient } from '../transport/running-listener.ts';
import { askAll, WAYS } from './four-ways.ts';
import { type RunningGateway, startTestGateway } from './running-gateway.ts';

const repeated = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');

describe('limits on every transport', () => {
  let gateway: RunningGateway;
  before(async () => {
    const limits = {
      maxTokens: 200,
      maxNesting: 12,
      maxDepth: 4,
      maxFields: 30,
      maxAliases: 5,
      maxRootFields: 3,
      maxDirectives: 4,
      maxComplexity: 500,
      maxFieldMerges: 50,
      maxReplayLast: 5,
      maxBodyBytes: 4_000,
      maxMessageBytes: 4_000,
    };
    gateway = await startTestGateway({ limits: { ...LOOPBACK_LIMITS, ...limits } });
  });
  after(() => gateway.stop());

  const cases: readonly (readonly [name: string, query: string, limit: string, value: number])[] = [
    ['A24: tokens', `{ ${'a '.repeat(250)} }`, 'maxTokens', 200],
    ['A24: nesting', `{ a(b: ${'['.repeat(20)}${']'.repeat(20)}) }`, 'maxNesting', 12],
    ['A23: depth', '{ a { a { a { a { a } } } } }', 'maxDepth', 4],
    ['A23: fields', `{ topics { ${repeated(31, (index) => `f${index}`)} } }`, 'maxFields', 30],
    ['A23: aliases', `{ topics { ${repeated(6, (index) => `a${index}: name`)} } }`, 'maxAliases', 5],
    ['A23: root fields', '{ topics { name } topics { name } topics { name } topics { name } }', 'maxRootFields', 3],
    ['A25: directives', '{ topics { name @a @b @c @d @e } }', 'maxDirectives', 4],
    ['A23: complexity', '{ quakeHistory(first: 1000) { edges { cursor } } }', 'maxComplexity', 500],
    ['A27: merges', `{ topics { ${'name '.repeat(12)} } }`, 'maxFieldMerges', 50],
    [
      'A29: introspection has the same limits as data',
      '{ __schema { types { fields { type { name } } } } }',
      'maxDepth',
      4,
    ],
    [
      'A26: nested fragments that are used again',
      `{ ...A } fragment A on Query { ...B ...B } fragment B on Query { ...C ...C } fragment C on Query { topics { name } }`,
      'maxRootFields',
      3,
    ],
  ];
  for (const [name, query, limit, value] of cases) {
    test(`${name}: the same LIMIT_EXCEEDED on WebSocket, SSE, POST and GET`, async () => {
      const { errors, data } = await askAll(gateway.url, { query });
      assert.deepEqual(errors[0]?.extensions, { code: 'LIMIT_EXCEEDED', limit, value });
      assert.equal(data, undefined);
    });
  }

  test('A23: a subscription is limited as a query is', async () => {
    for (const [way, ask] of WAYS.slice(0, 2)) {
      const { errors } = await ask(gateway.url, { query: `subscription { quake(from: { last: 6 }) { id } }` });
      assert.partialDeepStrictEqual(
        errors[0]?.extensions,
        { code: 'LIMIT_EXCEEDED', limit: 'maxReplayLast', value: 5 },
        way,
      );
      const deep = await ask(gateway.url, { query: 'subscription { quake { a { a { a { a } } } } }' });
      assert.partialDeepStrictEqual(deep.errors[0]?.extensions, { code: 'LIMIT_EXCEEDED', limit: 'maxDepth' }, way);
    }
  });

  test('A24: bytes are limited before anything is parsed, as the settings say', async () => {
    const query = `{ topics { name } } #${'x'.repeat(4_000)}`;
    for (const [way, ask] of WAYS.slice(1, 3)) {
      const answer = await ask(gateway.url, { query });
      assert.equal(answer.status, 413, way);
      assert.equal(answer.errors[0]?.extensions['code'], 'LIMIT_EXCEEDED');
    }
    const client = await RawClient.ready(gateway.url.replace(/^http/, 'ws'));
    client.subscribe('1', query);
    assert.equal((await client.closed()).code, 4400);
  });

  test('A32: a batch of requests is refused, and of several operations one runs', async () => {
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '[{"query":"{ topics { name } }"}]',
    });
    assert.equal(response.status, 400);
    const query = 'query A { a: __typename } query B { b: __typename }';
    const { data } = await askAll(gateway.url, { query, operationName: 'B' });
    assert.deepEqual(data, { b: 'Query' });
  });

  test('A23: refusals of the gate are counted', async () => {
    assert.match((await gateway.admin('/metrics')).body, /sluice_dropped_total\{reason="operation_limit"\} [1-9]/);
  });
});
