import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { RunningListener } from './running-listener.ts';

const MIB = 1024 * 1024;

describe('HTTP over real sockets', () => {
  let running: RunningListener;
  before(async () => {
    running = await RunningListener.start({ httpLimits: { bodyTimeoutMs: 1_000 } });
    running.operations.onRun = (single) => single.resolve('{"data":{"text":"ä€😀"}}');
  });
  after(() => running.stop());

  function post(body: string | Buffer, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(running.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : new Uint8Array(body),
    });
  }

  it('P60, P63: a query is answered as JSON in UTF-8', async () => {
    const response = await post('{"query":"query"}');
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8');
    assert.deepEqual(await response.json(), { data: { text: 'ä€😀' } });
  });

  it('P64: a body in many pieces is one body', async () => {
    const text = JSON.stringify({ query: `query ${'ä'.repeat(MIB)}` });
    const response = await post(text);
    assert.equal(response.status, 200);
    assert.equal(running.operations.requests.at(-1)?.query.length, MIB + 6);
  });

  it('P64: a body of unknown length is read', async () => {
    const response = await fetch(running.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('{"query":'));
          controller.enqueue(new TextEncoder().encode('"query"}'));
          controller.close();
        },
      }),
      duplex: 'half',
    } as RequestInit);
    assert.equal(response.status, 200);
  });

  it('P66: other methods are 405 with Allow, HEAD without a body', async () => {
    for (const method of ['PUT', 'DELETE', 'OPTIONS', 'HEAD']) {
      const response = await fetch(running.url, { method });
      assert.equal(response.status, 405, method);
      assert.equal(response.headers.get('allow'), 'GET, POST');
      assert.equal((await response.text()).length > 0, method !== 'HEAD');
    }
  });

  it('P66: a query by GET is answered, a mutation by GET is 405 with Allow: POST and not run', async () => {
    const query = await fetch(`${running.url}?query=query&variables=%7B%22t%22%3A%22%C3%A4%22%7D`);
    assert.deepEqual([query.status, await query.json()], [200, { data: { text: 'ä€😀' } }]);
    assert.deepEqual(running.operations.requests.at(-1)?.variables, { t: 'ä' });
    const before = running.operations.singles.length;
    const mutation = await fetch(`${running.url}?query=mutation`);
    assert.deepEqual([mutation.status, mutation.headers.get('allow')], [405, 'POST']);
    await mutation.text();
    assert.equal(running.operations.singles.length, before);
  });

  it('P67: a URL over the limit is 414', async () => {
    const response = await fetch(`${running.url}?query=${'q'.repeat(2_100)}`);
    assert.equal(response.status, 414);
    await response.text();
  });

  it('A5: a preflight from a page of loopback is 204, from elsewhere 405', async () => {
    const ask = (origin: string): Promise<Response> =>
      fetch(running.url, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
      });
    const allowed = await ask('http://localhost:3000');
    assert.equal(allowed.status, 204);
    assert.equal(allowed.headers.get('access-control-allow-origin'), 'http://localhost:3000');
    assert.equal(allowed.headers.get('access-control-allow-headers'), 'content-type');
    assert.equal(await allowed.text(), '');
    const refused = await ask('https://evil.example');
    assert.deepEqual([refused.status, refused.headers.get('access-control-allow-origin')], [405, null]);
    await refused.text();
  });

  it('P67: a body over the limit is 413, declared or not', async () => {
    const declared = await post(Buffer.alloc(5 * MIB, 0x20));
    assert.equal(declared.status, 413);
    assert.match(await declared.text(), /LIMIT_EXCEEDED/);
    const before = running.operations.requests.length;
    let sent = 0;
    const answered = await new Promise<string>((resolve, reject) => {
      const socket = connect(running.listener.port, '127.0.0.1');
      socket.on('error', reject);
      socket.on('data', (data) => {
        resolve(data.toString());
        socket.destroy();
      });
      socket.write(
        'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
      );
      const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`;
      const more = (): void => {
        if (socket.destroyed || sent > 16 * MIB) return;
        sent += 65_536;
        socket.write(chunk, more);
      };
      more();
    });
    assert.match(answered, /^HTTP\/1.1 413 /);
    assert.equal(running.operations.requests.length, before);
  });

  it('P67: a head over the limit of uWebSockets.js is refused by it', async () => {
    const response = await post('{"query":"query"}', { 'x-long': 'x'.repeat(8_000) });
    assert.ok(response.status >= 400 && response.status < 500, String(response.status));
  });

  it('A35: a body that does not arrive is given up', async () => {
    const before = running.operations.requests.length;
    const answered = await new Promise<string>((resolve, reject) => {
      const socket = connect(running.listener.port, '127.0.0.1');
      socket.on('error', reject);
      socket.on('data', (data) => {
        resolve(data.toString());
        socket.destroy();
      });
      socket.write(
        'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{"query"',
      );
    });
    assert.match(answered, /^HTTP\/1.1 408 /);
    assert.equal(running.operations.requests.length, before);
  });

  for (const [what, head] of [
    ['a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'],
    ['two lengths', 'Content-Length: 5\r\nContent-Length: 60\r\n'],
    ['a length that is no number', 'Content-Length: 5, 60\r\n'],
  ]) {
    it(`A12: a request with ${what} is refused and its connection closed`, async () => {
      const before = running.operations.requests.length;
      const answered = await new Promise<string>((resolve, reject) => {
        const socket = connect(running.listener.port, '127.0.0.1');
        let text = '';
        socket.on('error', reject);
        socket.on('data', (data) => {
          text += data.toString();
        });
        socket.on('close', () => resolve(text));
        const smuggled =
          'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{"query":"query"}';
        socket.write(
          `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${head}\r\n0\r\n\r\n${smuggled}`,
        );
      });
      assert.match(answered, /^(HTTP\/1.1 400 .*)?$/s);
      assert.equal(running.operations.requests.length, before);
    });
  }

  it('A33: a compressed body is 415', async () => {
    assert.equal((await post('{"query":"query"}', { 'content-encoding': 'gzip' })).status, 415);
  });

  it('A74: other paths are 404, also for a WebSocket handshake', async () => {
    const response = await fetch(running.url.replace('/graphql', '/metrics'));
    assert.equal(response.status, 404);
    assert.match(await response.text(), /GraphQL is at/);
  });

  it('a client that goes away before its answer costs only the answer', async () => {
    const { onRun } = running.operations;
    running.operations.onRun = undefined;
    const abort = new AbortController();
    const before = running.operations.singles.length;
    const gone = fetch(running.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"mutation"}',
      signal: abort.signal,
    }).catch(() => 'gone');
    await eventually(() => running.operations.singles.length === before + 1);
    abort.abort();
    assert.equal(await gone, 'gone');
    // The next request on a new connection proves that the server has seen the other one end, or does not mind.
    running.operations.onRun = onRun;
    assert.equal((await post('{"query":"query"}')).status, 200);
    running.operations.singles[before]?.resolve('{"data":null}');
    assert.equal((await post('{"query":"query"}')).status, 200);
  });
});
