import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { codeOf, TestEndpoint, type TestRequest } from './exchange.ts';

const GET: TestRequest = { method: 'GET', query: 'query=query' };
const COOKIE = { cookie: 'session=1' };

async function statusOf(request: TestRequest, allowedOrigins?: readonly string[]): Promise<number> {
  const test = new TestEndpoint({}, '{"data":1}', { allowedOrigins });
  const { status } = await test.send(request);
  assert.equal(test.operations.requests.length, status === 200 ? 1 : 0, 'executed only when it is 200');
  return status;
}

describe('requests that another site could have forged', () => {
  it('P68: a GET with cookies and nothing else is 403, not executed, and says what to send', async () => {
    const test = new TestEndpoint();
    const response = await test.send({ ...GET, headers: COOKIE });
    assert.equal(response.status, 403);
    assert.equal(codeOf(response), 'FORBIDDEN');
    assert.match(response.body, /graphql-require-preflight/);
    assert.deepEqual(test.operations.requests, []);
    assert.deepEqual(test.drops, ['request_refused']);
  });

  it('P68: an EventSource of another site is 403 too', async () => {
    const test = new TestEndpoint();
    const headers = { ...COOKIE, accept: 'text/event-stream', origin: 'https://evil.example' };
    assert.equal((await test.send({ method: 'GET', query: 'query=subscription', headers })).status, 403);
    assert.equal(test.operations.open, 0);
  });

  const passing: readonly (readonly [what: string, headers: Record<string, string>])[] = [
    ['a header that needs a preflight', { 'graphql-require-preflight': '1' }],
    ["Apollo's header for it", { 'apollo-require-preflight': 'true' }],
    ['a JSON content type', { 'content-type': 'application/json' }],
    ['a page of the same origin', { 'sec-fetch-site': 'same-origin' }],
    ['an Origin of the same host', { origin: 'https://sluice.example.org' }],
  ];
  for (const [what, headers] of passing) {
    it(`P68: a GET with cookies passes with ${what}`, async () => {
      assert.equal(await statusOf({ ...GET, headers: { ...COOKIE, ...headers } }), 200);
    });
  }

  const forged: readonly (readonly [what: string, headers: Record<string, string>])[] = [
    ['a foreign Origin', { origin: 'https://evil.example' }],
    ['Origin null', { origin: 'null' }],
    ['a page of a sibling site', { 'sec-fetch-site': 'same-site' }],
    ['a link typed in', { 'sec-fetch-site': 'none' }],
    ['an empty header', { 'graphql-require-preflight': '' }],
    ['headers that proxies add', { 'x-forwarded-for': '10.0.0.1', 'x-request-id': '1', authorization: 'Basic x' }],
  ];
  for (const [what, headers] of forged) {
    it(`P68: a GET with cookies is 403 with ${what}`, async () => {
      assert.equal(await statusOf({ ...GET, headers: { ...COOKIE, ...headers } }), 403);
    });
  }

  it('P68: the list of allowed origins decides, where there is one', async () => {
    const list = ['https://app.example.org'];
    const from = (origin: string): Promise<number> => statusOf({ ...GET, headers: { ...COOKIE, origin } }, list);
    assert.equal(await from('https://app.example.org'), 200);
    assert.equal(await from('https://sluice.example.org'), 403);
  });

  it('P68: without cookies there is nothing to forge', async () => {
    assert.equal(await statusOf({ ...GET, headers: { origin: 'https://evil.example' } }), 200);
  });

  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'text/plain; a=application/json']) {
    it(`P68, A3: a GET with the Content-Type ${type} is 415, not executed, with cookies or without`, async () => {
      assert.equal(await statusOf({ ...GET, headers: { 'content-type': type } }), 415);
      assert.equal(await statusOf({ ...GET, headers: { 'content-type': type, ...COOKIE } }), 415);
    });
  }
});
