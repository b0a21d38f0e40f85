import assert from 'node:assert/strict';
import { get } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { WebSocket } from 'ws';
import { LOOPBACK_LIMITS } from '../../src/config/limit-options.ts';
import { eventually } from '../support/eventually.ts';
import { RawClient } from '../transport/running-listener.ts';
import { type Answer, WAYS } from './four-ways.ts';
import { type RunningGateway, startTestGateway } from './running-gateway.ts';

describe('rates and sockets of clients', () => {
  let gateway: RunningGateway;
  before(async () => {
    const limits = { maxOperationsPerSecond: 2, maxOperationsPerAddress: 1, maxSocketsPerAddress: 2 };
    gateway = await startTestGateway({
      limits: { ...LOOPBACK_LIMITS, ...limits },
      // Each test has addresses of its own.
      trustedProxies: { type: 'hops', count: 1 },
    });
  });
  after(() => gateway.stop());

  for (const [index, [way, ask]] of WAYS.entries()) {
    test(`A22: too many operations of one address are refused on ${way}; other addresses go on`, async () => {
      const from = (last: number): Record<string, string> => ({ 'x-forwarded-for': `1.1.1.1, 192.0.${index}.${last}` });
      const answer = await eventually(async () => {
        const asked = await ask(gateway.url, { query: '{ __typename }' }, from(1));
        return asked.errors.length > 0 ? asked : undefined;
      });
      const facts = answer.errors[0]?.extensions;
      assert.partialDeepStrictEqual(facts, {
        code: 'LIMIT_EXCEEDED',
        limit: 'maxOperationsPerAddress',
        value: 1,
      });
      assert.ok(Number(facts?.['retryAfterMs']) > 0);
      if (answer.status !== undefined) {
        assert.equal(answer.status, 429);
        assert.ok(Number(answer.retryAfter) >= 1);
      }
      assert.deepEqual((await ask(gateway.url, { query: '{ __typename }' }, from(2))).errors, []);
    });
  }

  test('A22: a socket that is over its rate lives, and is closed with 1013 when it goes on', async () => {
    const client = await ready('192.0.10.1');
    for (let id = 0; id < 40; id += 1) client.subscribe(String(id), '{ __typename }');
    const { code, reason } = await client.closed();
    assert.equal(code, 1013, reason);
    const errors = client.take().filter((message) => message.type === 'error');
    assert.ok(errors.length > 0);
    for (const { payload } of errors) {
      assert.partialDeepStrictEqual((payload as Answer['errors'])[0]?.extensions, { code: 'LIMIT_EXCEEDED' });
    }
  });

  test('A22: pings and completes of nothing are counted like operations', async () => {
    const pinging = await ready('192.0.10.2');
    for (let count = 0; count < 40; count += 1) pinging.say({ type: 'ping' });
    assert.equal((await pinging.closed()).code, 1013);
    const pongs = pinging.take().filter((message) => message.type === 'pong').length;
    assert.ok(pongs >= 1 && pongs < 36, `${pongs} pongs`);
    const completing = await ready('192.0.10.3');
    for (let count = 0; count < 40; count += 1) completing.say({ type: 'complete', id: 'nobody' });
    assert.equal((await completing.closed()).code, 1013);
  });

  test('A20: the sockets of one address are limited, event streams included; a closed one makes room', async () => {
    const url = gateway.url.replace(/^http/, 'ws');
    const headers = { 'x-forwarded-for': '192.0.20.1' };
    // Past its acknowledgement, so that it stays.
    const one = await ready(headers['x-forwarded-for']);
    const abort = new AbortController();
    const stream = await fetch(`${gateway.url}?query=${encodeURIComponent('subscription { quake { id } }')}`, {
      headers: { accept: 'text/event-stream', ...headers },
      signal: abort.signal,
    });
    assert.equal(stream.status, 200);
    const refusedSocket = await handshakeStatus(url, headers);
    assert.deepEqual(refusedSocket, { status: 429, retryAfter: '5' });
    const refusedStream = await eventually(async () => {
      const response = await fetch(gateway.url, {
        method: 'POST',
        headers: { accept: 'text/event-stream', 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query: 'subscription { quake { id } }' }),
      });
      const body = (await response.json()) as Answer;
      assert.equal(response.status, 429);
      // The operations of the address are counted too.
      return body.errors[0]?.extensions['limit'] === 'maxSocketsPerAddress' ? body : undefined;
    });
    assert.equal(refusedStream.errors[0]?.extensions['value'], 2);
    assert.equal(await opens(url, { 'x-forwarded-for': '192.0.20.2' }), true);
    abort.abort();
    await eventually(() => opens(url, headers));
    one.terminate();
  });

  test('A9: a client that writes a new X-Forwarded-For each time gains nothing, though the proxy adds a header of its own', async () => {
    let forged = 0;
    await eventually(async () => {
      forged += 1;
      return (await statusOfGet(gateway.url, [`198.51.100.${forged % 250}`, '192.0.30.1'])) === 429;
    });
    assert.equal(await statusOfGet(gateway.url, ['198.51.100.1', '192.0.30.2']), 200);
  });

  async function ready(address: string): Promise<RawClient> {
    const client = new RawClient(gateway.url.replace(/^http/, 'ws'), 'graphql-transport-ws', {
      'x-forwarded-for': address,
    });
    await client.opened();
    client.say({ type: 'connection_init' });
    await client.receive(1);
    return client;
  }
});

function handshakeStatus(
  url: string,
  headers: Record<string, string>,
): Promise<{ status?: number; retryAfter?: string }> {
  const { promise, resolve } = Promise.withResolvers<{ status?: number; retryAfter?: string }>();
  const socket = new WebSocket(url, 'graphql-transport-ws', { headers });
  socket.on('open', () => {
    socket.terminate();
    resolve({});
  });
  socket.on('unexpected-response', (request, response) => {
    resolve({ status: response.statusCode ?? 0, retryAfter: String(response.headers['retry-after']) });
    request.destroy();
  });
  socket.on('error', () => undefined);
  return promise;
}

async function opens(url: string, headers: Record<string, string>): Promise<boolean> {
  return (await handshakeStatus(url, headers)).status === undefined;
}

/** `fetch` would send one header. */
async function statusOfGet(url: string, forwardedFor: readonly string[]): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const headers = { 'x-forwarded-for': [...forwardedFor] };
  get(`${url}?query=${encodeURIComponent('{ __typename }')}`, { headers, agent: false }, (response) => {
    response.resume();
    response.on('end', () => resolve(response.statusCode));
  }).on('error', reject);
  return promise;
}
