import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HttpResponse } from '../../../src/protocol/http/http-message.ts';
import { headerOf, TestEndpoint, type TestRequest } from './exchange.ts';

const APP = 'https://app.example.org';
const PREFLIGHT = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type,x-mine' };

function listing(...allowedOrigins: readonly string[]): TestEndpoint {
  return new TestEndpoint({}, '{"data":1}', { allowedOrigins });
}

function corsOf(response: Pick<HttpResponse, 'headers'>): string[] {
  return response.headers.filter(([name]) => name.startsWith('access-control')).map(([name]) => name);
}

describe('cross-origin requests', () => {
  const requests: readonly (readonly [what: string, request: TestRequest, status: number])[] = [
    ['a result', {}, 200],
    ['a GET', { method: 'GET', query: 'query=query' }, 200],
    ['a refusal by its head', { headers: { 'content-type': 'text/plain' } }, 415],
    ['a refusal by its body', { body: '[' }, 400],
    ['a refused operation', { body: '{"query":"refuse syntax"}' }, 200],
    ['a bug', { body: '{"query":"throw"}' }, 500],
    ['another path', { path: '/other' }, 404],
  ];
  for (const [what, request, status] of requests) {
    it(`A5: a page of a listed origin can read ${what}; any other cannot`, async () => {
      const from = (origin: string): Promise<HttpResponse> =>
        listing('https://other.example.org', APP).send({ ...request, headers: { ...request.headers, origin } });
      const allowed = await from(APP);
      assert.equal(allowed.status, status);
      assert.equal(headerOf(allowed, 'access-control-allow-origin'), APP);
      assert.equal(headerOf(allowed, 'access-control-allow-credentials'), 'true');
      for (const origin of ['https://evil.example', `${APP}.evil.example`, 'null', `${APP}/`, '*']) {
        const refused = await from(origin);
        assert.deepEqual([refused.status, corsOf(refused)], [status, []], origin);
      }
    });
  }

  it('A5: every response says that it varies by origin, whoever asks', async () => {
    for (const headers of [{}, { origin: APP }, { origin: 'https://evil.example' }]) {
      const response = await listing(APP).send({ headers });
      assert.equal(headerOf(response, 'vary'), 'accept, origin');
    }
  });

  it('A5: a page of a listed origin can read an event stream', async () => {
    const request = { method: 'GET', query: 'query=subscription' };
    const { headers } = await listing(APP).open({ ...request, headers: { origin: APP } });
    assert.equal(headerOf({ headers }, 'access-control-allow-origin'), APP);
    assert.equal(headerOf({ headers }, 'vary'), 'accept, origin');
    const other = await listing(APP).open({ ...request, headers: { origin: 'https://evil.example' } });
    assert.deepEqual(corsOf(other), []);
  });

  it('A5: without a list, pages of the same host and of loopback to loopback can read answers, as they can open WebSockets', async () => {
    const response = await new TestEndpoint().send({
      headers: { origin: 'http://localhost:3000', host: '127.0.0.1:4000' },
    });
    assert.equal(headerOf(response, 'access-control-allow-origin'), 'http://localhost:3000');
    const foreign = await new TestEndpoint().send({ headers: { origin: 'http://localhost:3000' } });
    assert.deepEqual(corsOf(foreign), []);
  });

  it('A5: the preflight of a listed origin is 204 with methods, headers and how long it holds', async () => {
    const test = listing(APP);
    const response = await test.send({ method: 'OPTIONS', headers: { origin: APP, ...PREFLIGHT } });
    assert.equal(response.status, 204);
    assert.equal(response.body, '');
    assert.equal(headerOf(response, 'access-control-allow-origin'), APP);
    assert.equal(headerOf(response, 'access-control-allow-methods'), 'GET, POST');
    assert.equal(headerOf(response, 'access-control-allow-headers'), 'content-type,x-mine');
    assert.equal(headerOf(response, 'access-control-max-age'), '7200');
    assert.match(headerOf(response, 'vary') ?? '', /^origin,/);
    assert.deepEqual(test.operations.requests, []);
  });

  it('A5: the preflight of any other origin is refused without a CORS header', async () => {
    for (const origin of ['https://evil.example', 'null', '']) {
      const response = await listing(APP).send({ method: 'OPTIONS', headers: { origin, ...PREFLIGHT } });
      assert.deepEqual([response.status, corsOf(response)], [405, []], origin);
    }
  });

  for (const names of ['x: y', 'a\r\nset-cookie: b', 'a, b c', 'ä', ',', 'x'.repeat(2_000)]) {
    it(`A10: a preflight that asks for ${JSON.stringify(names.slice(0, 20))} gets nothing of it back`, async () => {
      const headers = { origin: APP, 'access-control-request-method': 'POST', 'access-control-request-headers': names };
      const response = await listing(APP).send({ method: 'OPTIONS', headers });
      assert.equal(headerOf(response, 'access-control-allow-headers'), 'content-type');
    });
  }
});
