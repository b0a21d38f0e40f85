import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { LOOPBACK_LIMITS } from '../../src/config/limit-options.ts';
import { eventually } from '../support/eventually.ts';
import { request, subscribe } from '../support/graphql-client.ts';
import { type Answer, type Ask, askAll, type Request, WAYS } from './four-ways.ts';
import { idOf, job, order, ProtocolGateway } from './protocol-gateway.ts';
import { startTestGateway } from './running-gateway.ts';

/** What a publish and a refusal are told as, on every way in. */
describe('codes and receipts of a whole gateway', () => {
  let running: ProtocolGateway;
  before(async () => {
    running = await ProtocolGateway.start();
  });
  after(() => running.stop());

  test('P93, P98: a cursor that cannot be resumed from is CURSOR_EXPIRED on WebSocket and SSE, and never a silent start', async () => {
    const { cursor } = await running.publish(order('p93'));
    const requests: readonly (readonly [request: Request, reason: string])[] = [
      [{ query: 'subscription { order { id } }', extensions: { cursor: 'forged' } }, 'invalid'],
      [{ query: 'subscription { job(queue: "p93") { id } }', extensions: { cursor } }, 'invalid'],
      [{ query: 'subscription { chat(room: "p93") { text } }', extensions: { cursor } }, 'invalid'],
    ];
    for (const [asked, reason] of requests) {
      for (const [way, ask] of WAYS.slice(0, 2)) {
        const { errors, data } = await ask(running.url, asked);
        assert.partialDeepStrictEqual(errors[0]?.extensions, { code: 'CURSOR_EXPIRED', reason }, way);
        assert.equal(data, undefined, way);
      }
    }
  });

  test('P94, P99: while Redis does not answer, a publish is not confirmed; in the end it is PUBLISH_INDETERMINATE', async () => {
    await running.publish(job('p94', 'warm'));
    running.redis.pause();
    try {
      let settled = false;
      const answer = request(running.url, `mutation { ${job('p94', 'held')} }`).finally(() => {
        settled = true;
      });
      // Others are answered meanwhile, again and again: what is held back waits for its broker, not for the server.
      for (let round = 0; round < 20; round += 1) {
        assert.deepEqual((await request(running.url, '{ __typename }')).data, { __typename: 'Query' });
      }
      assert.equal(settled, false);
      const lost = await answer;
      assert.equal(lost.errors?.[0]?.extensions?.['code'], 'PUBLISH_INDETERMINATE');
      assert.deepEqual(lost.data, { publishJob: null });
    } finally {
      running.redis.resume();
    }
  });

  test('P99: a receipt is given when the event is stored, and its cursor is right behind the event', async () => {
    const receipt = await eventually(() => running.publish(job('p99', 'first')), { what: 'a publish after the pause' });
    const entries = await running.redis.cli('XRANGE', 'jobs.p99', '-', '+');
    assert.ok(entries.includes(String(receipt['streamId'])) && entries.includes('first'));
    await running.publish(job('p99', 'second'));
    const subscription = subscribe(running.url, 'subscription { job(queue: "p99") { id } }', undefined, {
      cursor: receipt['cursor'],
    });
    await eventually(() => subscription.results.length > 0);
    assert.equal(idOf(subscription.results[0], 'job'), 'second');
    await subscription.end();
  });

  test('P95: an event that will never pass is PUBLISH_REJECTED, beside a sibling that is stored; nothing of it is', async () => {
    const long = 'x'.repeat(200);
    const result = await request(running.url, `mutation { bad: ${job(long, '1')} good: ${job('p95', 'sibling')} }`);
    assert.partialDeepStrictEqual(result.data, { bad: null, good: { topic: 'jobs.{queue}' } });
    assert.equal(result.errors?.length, 1);
    assert.deepEqual(result.errors[0]?.path, ['bad']);
    assert.equal(result.errors[0]?.extensions?.['code'], 'PUBLISH_REJECTED');
    assert.equal(await running.redis.cli('EXISTS', `jobs.${long}`), '0');
  });

  test('P95: with the broker away a publish is BROKER_UNAVAILABLE, and is not stored when the broker is back', async () => {
    await running.redis.kill();
    try {
      await eventually(async () => (await running.gateway.admin('/healthz')).status === 503, {
        what: 'the lost broker',
      });
      const { errors, data } = await request(running.url, `mutation { ${job('p95', 'refused')} }`);
      assert.equal(errors?.[0]?.extensions?.['code'], 'BROKER_UNAVAILABLE');
      assert.deepEqual(data, { publishJob: null });
    } finally {
      await running.redis.restart();
    }
    await eventually(() => running.publish(job('p95', 'accepted')), {
      what: 'a publish after the restart',
      deadlineMs: 60_000,
    });
    const entries = await running.redis.cli('XRANGE', 'jobs.p95', '-', '+');
    assert.ok(entries.includes('accepted') && !entries.includes('refused'), entries);
  });

  const wrong: readonly (readonly [what: string, request: Request, code: string])[] = [
    ['a syntax error', { query: '{ topics {' }, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', { query: '{ nothing }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['a missing argument', { query: '{ jobHistory(first: 1) { edges { cursor } } }' }, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'an unknown operation',
      { query: 'query A { topics { name } }', operationName: 'B' },
      'OPERATION_RESOLUTION_FAILURE',
    ],
    [
      'a variable of a wrong type',
      {
        query: 'query ($first: Int) { jobHistory(queue: "a", first: $first) { edges { cursor } } }',
        variables: { first: 'x' },
      },
      'BAD_USER_INPUT',
    ],
    [
      'a missing variable',
      { query: 'query ($q: ID!) { jobHistory(queue: $q, first: 1) { edges { cursor } } }' },
      'BAD_USER_INPUT',
    ],
    ['a limit', { query: `{ ${'a { '.repeat(8)}a${' }'.repeat(8)} }` }, 'LIMIT_EXCEEDED'],
    ['an id of a document that is not there', { documentId: 'sha256:none' }, 'PERSISTED_QUERY_NOT_SUPPORTED'],
  ];
  for (const [what, asked, code] of wrong) {
    test(`P98: ${what} has one code and one text on WebSocket, SSE, POST and GET`, async () => {
      const { errors, data } = await askAll(running.url, asked);
      assert.equal(errors[0]?.extensions['code'], code);
      assert.equal(data, undefined);
    });
  }

  test('P96, P98: a limit is named with its value on every way', async () => {
    const { errors } = await askAll(running.url, { query: `{ ${'a { '.repeat(8)}a${' }'.repeat(8)} }` });
    assert.deepEqual(errors[0]?.extensions, { code: 'LIMIT_EXCEEDED', limit: 'maxDepth', value: 6 });
  });
});

describe('rates of the protocol', () => {
  test('P96, P98: one that asks too often is told the limit and when to come back, on every way', async () => {
    const gateway = await startTestGateway({
      limits: { ...LOOPBACK_LIMITS, maxOperationsPerAddress: 1 },
      trustedProxies: { type: 'hops', count: 1 },
    });
    const overrun = (ask: Ask, address: string): Promise<Answer> =>
      eventually(async () => {
        const answer = await ask(gateway.url, { query: '{ __typename }' }, { 'x-forwarded-for': address });
        return answer.errors.length > 0 ? answer : undefined;
      });
    try {
      for (const [index, [way, ask]] of WAYS.entries()) {
        const { errors, status, retryAfter } = await overrun(ask, `192.0.2.${index}`);
        const facts = errors[0]?.extensions ?? {};
        assert.partialDeepStrictEqual(
          facts,
          { code: 'LIMIT_EXCEEDED', limit: 'maxOperationsPerAddress', value: 1 },
          way,
        );
        assert.ok(Number(facts['retryAfterMs']) > 0, way);
        if (status !== undefined) assert.deepEqual([status, Number(retryAfter) > 0], [429, true], way);
      }
    } finally {
      await gateway.stop();
    }
  });
});
