import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OperationError } from '../../../src/error/operation-error.ts';
import type { Acceptance } from '../../../src/protocol/http/accept.ts';
import { refusedResponse } from '../../../src/protocol/http/refused-operation.ts';
import { at, wireErrorOf } from '../scripted-operations.ts';
import { codeOf, headerOf, TestEndpoint } from './exchange.ts';

const GRAPHQL_TYPE = 'application/graphql-response+json';
const JSON_ONLY: Acceptance = { responseType: 'application/json', eventStream: 'refused' };

describe('GraphQL over HTTP', () => {
  it('P60: a result is application/json in UTF-8 by default', async () => {
    const response = await new TestEndpoint().send();
    assert.equal(response.status, 200);
    assert.equal(headerOf(response, 'content-type'), 'application/json; charset=utf-8');
    assert.equal(response.body, '{"data":{"n":1}}');
  });

  it('P60: the type that the client prefers is the one it gets', async () => {
    const response = await new TestEndpoint().send({ headers: { accept: GRAPHQL_TYPE } });
    assert.equal(headerOf(response, 'content-type'), `${GRAPHQL_TYPE}; charset=utf-8`);
  });

  it('P60: neither type acceptable is 406, not executed', async () => {
    const endpoint = new TestEndpoint();
    const response = await endpoint.send({ headers: { accept: 'text/html' } });
    assert.equal(response.status, 406);
    assert.deepEqual(endpoint.operations.requests, []);
  });

  for (const stage of ['syntax', 'operation', 'validation', 'variables', 'limit']) {
    const body = JSON.stringify({ query: `refuse ${stage} GRAPHQL_VALIDATION_FAILED` });
    it(`P61: as graphql-response+json a refusal by ${stage} is 400 without data`, async () => {
      const response = await new TestEndpoint().send({ body, headers: { accept: GRAPHQL_TYPE } });
      assert.equal(response.status, 400);
      assert.equal(headerOf(response, 'content-type'), `${GRAPHQL_TYPE}; charset=utf-8`);
      assert.deepEqual(JSON.parse(response.body), {
        errors: [{ message: 'refused', extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
      });
    });
    it(`P62: as application/json a refusal by ${stage} is 200 with errors`, async () => {
      const response = await new TestEndpoint().send({ body });
      assert.equal(response.status, 200);
      assert.equal(codeOf(response), 'GRAPHQL_VALIDATION_FAILED');
    });
  }

  it('P63: a result with data is 200 even with errors, in both types', async () => {
    const result = '{"data":{"a":null},"errors":[{"message":"field"}]}';
    for (const accept of ['application/json', GRAPHQL_TYPE]) {
      const response = await new TestEndpoint({}, result).send({ headers: { accept } });
      assert.equal(response.status, 200);
      assert.equal(response.body, result);
    }
  });

  for (const body of [
    '',
    '{',
    'null',
    '"query"',
    '7',
    '{}',
    '{"query":null}',
    '{"query":1}',
    '{"query":"query","operationName":1}',
    '{"query":"query","variables":[]}',
    '{"query":"query","variables":"x"}',
    '{"query":"query","extensions":[]}',
    '{"query":"query","extensions":false}',
    '{"__proto__":{"query":"query"}}',
  ]) {
    it(`P64: the body ${JSON.stringify(body)} is 400, not executed`, async () => {
      for (const accept of ['application/json', GRAPHQL_TYPE]) {
        const endpoint = new TestEndpoint();
        const response = await endpoint.send({ body, headers: { accept } });
        assert.equal(response.status, 400);
        assert.equal(codeOf(response), 'BAD_USER_INPUT');
        assert.deepEqual(endpoint.operations.requests, []);
      }
    });
  }

  it('P64: null optionals pass, extra members are ignored, big integers arrive exactly', async () => {
    const endpoint = new TestEndpoint();
    await endpoint.send({ body: '{"query":"query","operationName":null,"variables":null,"extensions":null,"id":1}' });
    await endpoint.send({ body: '{"query":"query","operationName":"O","variables":{"n":9007199254740993}}' });
    assert.deepEqual(endpoint.operations.requests, [
      { query: 'query', operationName: undefined, variables: undefined, extensions: undefined },
      { query: 'query', operationName: 'O', variables: { n: 9007199254740993n }, extensions: undefined },
    ]);
  });

  it('A34: a body that is not UTF-8 is 400', async () => {
    const body = Buffer.concat([Buffer.from('{"query":"query '), Buffer.from([0xff]), Buffer.from('"}')]);
    assert.equal((await new TestEndpoint().send({ body })).status, 400);
  });

  for (const type of [
    '',
    'text/plain',
    'text/plain; a=application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
  ]) {
    it(`P65, P68, A2: a simple POST as "${type}", with cookies, is 415, not executed`, async () => {
      const endpoint = new TestEndpoint();
      const response = await endpoint.send({ headers: { 'content-type': type, cookie: 'session=1' } });
      assert.equal(response.status, 415);
      assert.deepEqual(endpoint.operations.requests, []);
      assert.deepEqual(endpoint.drops, ['request_refused']);
    });
  }

  it('P68: a POST of application/json with cookies passes: no page can send that to another site unasked', async () => {
    assert.equal((await new TestEndpoint().send({ headers: { cookie: 'session=1' } })).status, 200);
  });

  for (const method of ['HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'post', 'get']) {
    it(`P66, A5: ${method} is 405 with Allow: GET, POST and no CORS header`, async () => {
      const endpoint = new TestEndpoint();
      const response = await endpoint.send({ method, headers: { origin: 'https://evil.example' } });
      assert.equal(response.status, 405);
      assert.equal(headerOf(response, 'allow'), 'GET, POST');
      assert.deepEqual(
        response.headers.filter(([name]) => name.startsWith('access-control')),
        [],
      );
      assert.deepEqual(endpoint.operations.requests, []);
    });
  }

  it('P67: a body over the limit is 413 by its declared length, before it is read', async () => {
    const endpoint = new TestEndpoint({ maxBodyBytes: 100 });
    const response = await endpoint.send({ headers: { 'content-length': '101' } });
    assert.equal(response.status, 413);
    assert.equal(codeOf(response), 'LIMIT_EXCEEDED');
    assert.equal(response.closeConnection, true);
    assert.deepEqual(endpoint.operations.requests, []);
  });

  it('P67: a URL over the limit is 414', async () => {
    const response = await new TestEndpoint({ maxUrlBytes: 20 }).send({ query: 'x'.repeat(20) });
    assert.equal(response.status, 414);
  });

  it('P67, A32: an array is 400, not executed', async () => {
    const endpoint = new TestEndpoint();
    const response = await endpoint.send({ body: '[{"query":"query"},{"query":"query"}]' });
    assert.equal(response.status, 400);
    assert.match(response.body, /batches are not supported/);
    assert.deepEqual(endpoint.operations.requests, []);
  });

  it('A33: a compressed body is 415', async () => {
    for (const encoding of ['gzip', 'br', 'identity, gzip']) {
      assert.equal((await new TestEndpoint().send({ headers: { 'content-encoding': encoding } })).status, 415);
    }
    assert.equal((await new TestEndpoint().send({ headers: { 'content-encoding': 'identity' } })).status, 200);
  });

  it('P66, A4: a mutation by GET is 405 with Allow: POST, not run, whatever is accepted', async () => {
    for (const accept of ['application/json', GRAPHQL_TYPE, 'text/event-stream']) {
      const test = new TestEndpoint();
      const response = await test.send({ method: 'GET', query: 'query=mutation', headers: { accept } });
      assert.equal(response.status, 405);
      assert.equal(headerOf(response, 'allow'), 'POST');
      assert.deepEqual(test.operations.singles, []);
    }
  });

  it('P66: a query by GET is answered', async () => {
    const test = new TestEndpoint();
    const response = await test.send({ method: 'GET', query: 'query=query&variables=%7B%22a%22%3A1%7D' });
    assert.deepEqual([response.status, response.body], [200, '{"data":{"n":1}}']);
    assert.deepEqual(at(test.operations.requests, 0).variables, { a: 1 });
  });

  it('P64: a GET that is no request is 400, not executed', async () => {
    for (const query of ['', 'query=query&variables=%7B', 'query=query&variables=%5B%5D']) {
      const test = new TestEndpoint();
      const response = await test.send({ method: 'GET', query });
      assert.deepEqual([response.status, codeOf(response)], [400, 'BAD_USER_INPUT']);
      assert.deepEqual(test.operations.requests, []);
    }
  });

  for (const accept of ['', '*/*', 'application/json', GRAPHQL_TYPE]) {
    it(`P69: a subscription with Accept: "${accept}" is 406 and says where to go, by POST and by GET`, async () => {
      for (const request of [{ body: '{"query":"subscription"}' }, { method: 'GET', query: 'query=subscription' }]) {
        const test = new TestEndpoint();
        const response = await test.send({ ...request, headers: { accept } });
        assert.equal(response.status, 406);
        assert.match(response.body, /text\/event-stream.*WebSocket/);
        assert.deepEqual(test.operations.subscriptions, []);
      }
    });
  }

  for (const [code, status] of [
    ['UNAUTHENTICATED', 401],
    ['FORBIDDEN', 403],
    ['BROKER_UNAVAILABLE', 503],
  ] as const) {
    it(`P71: ${code} at request level is ${status} in both types`, async () => {
      for (const accept of ['application/json', GRAPHQL_TYPE]) {
        const body = JSON.stringify({ query: `refuse validation ${code}` });
        const response = await new TestEndpoint().send({ body, headers: { accept } });
        assert.deepEqual([response.status, codeOf(response)], [status, code]);
        assert.equal(headerOf(response, 'www-authenticate'), status === 401 ? 'Bearer' : undefined);
      }
    });
  }

  it('P71: a limit that time lifts is 429 with Retry-After', () => {
    const error = new OperationError('LIMIT_EXCEEDED', 'slow down', { limit: 'rate', retryAfterMs: 1_200 });
    const response = refusedResponse({ type: 'refused', stage: 'limit', errors: [error.toWire()] }, JSON_ONLY);
    assert.equal(response.status, 429);
    assert.equal(headerOf(response, 'retry-after'), '2');
  });

  it('P98: an error has the same code here as on a WebSocket', async () => {
    const response = await new TestEndpoint().send({ body: '{"query":"refuse validation FORBIDDEN"}' });
    assert.equal(codeOf(response), 'FORBIDDEN');
  });

  it('A70: an unexpected error is a masked 500', async () => {
    const response = await new TestEndpoint().send({ body: '{"query":"throw"}' });
    assert.equal(response.status, 500);
    assert.equal(codeOf(response), 'INTERNAL_SERVER_ERROR');
    assert.doesNotMatch(response.body, /secret/);
    const refused = {
      type: 'refused',
      stage: 'operation',
      errors: [wireErrorOf('INTERNAL_SERVER_ERROR', 'x')],
    } as const;
    assert.equal(refusedResponse(refused, JSON_ONLY).status, 500);
  });

  it('A74: any other path is 404 with a hint', async () => {
    for (const path of ['/', '/metrics', '/healthz', '/graphql/', '/graphqlx']) {
      const response = await new TestEndpoint().send({ path });
      assert.equal(response.status, 404);
      assert.match(response.body, /GraphQL is at \/graphql/);
    }
  });

  it('P34: while it drains, requests are 503 and those in flight are answered', async () => {
    const endpoint = new TestEndpoint();
    endpoint.operations.onRun = undefined;
    const first = endpoint.send();
    endpoint.endpoint.drain();
    assert.equal(endpoint.endpoint.inFlight, 1);
    assert.equal((await endpoint.send()).status, 503);
    endpoint.operations.singles[0]?.resolve('{"data":1}');
    assert.equal((await first).status, 200);
    assert.equal(endpoint.endpoint.inFlight, 0);
  });
});
