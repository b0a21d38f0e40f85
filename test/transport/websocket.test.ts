import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { at, batchOf } from '../protocol/scripted-operations.ts';
import { eventually } from '../support/eventually.ts';
import { RawClient, RunningListener } from './running-listener.ts';

const MIB = 1024 * 1024;

describe('graphql-transport-ws over real sockets', () => {
  let running: RunningListener;
  let url: string;
  before(async () => {
    running = await RunningListener.start();
    url = running.webSocketUrl;
  });
  after(() => running.stop());

  it('P1: the handshake echoes graphql-transport-ws wherever it stands in the offer', async () => {
    for (const offer of [
      'graphql-transport-ws',
      ['graphql-ws', 'graphql-transport-ws'],
      ['x', 'graphql-transport-ws', 'y'],
    ]) {
      const client = new RawClient(url, offer);
      await client.opened();
      assert.equal(client.webSocket.protocol, 'graphql-transport-ws');
      client.terminate();
    }
  });

  it('P2: no offer closes with 4406, and no message is processed', async () => {
    const client = new RawClient(url, []);
    client.webSocket.on('open', () => client.say({ type: 'connection_init' }));
    assert.equal((await client.closed()).code, 4406);
    assert.deepEqual(client.take(), []);
  });

  it('P2, A6: the legacy graphql-ws is not offered, so a strict client fails the handshake', async () => {
    const client = new RawClient(url, 'graphql-ws');
    assert.equal((await client.closed()).code, 1006);
    assert.deepEqual(client.take(), []);
  });

  it('P4: a second connection_init closes with 4429', async () => {
    const client = await RawClient.ready(url);
    client.say({ type: 'connection_init' });
    assert.equal((await client.closed()).code, 4429);
  });

  it('P5: subscribe before the acknowledgement closes with 4401', async () => {
    const client = new RawClient(url);
    await client.opened();
    client.subscribe('1');
    assert.equal((await client.closed()).code, 4401);
  });

  it('P16: a binary frame closes with 4400', async () => {
    const client = await RawClient.ready(url);
    client.webSocket.send(Buffer.from('{"type":"ping"}'), { binary: true });
    assert.equal((await client.closed()).code, 4400);
  });

  it('P17: a message of 2 MiB is read, one byte more closes with 4400', async () => {
    const client = await RawClient.ready(url);
    const empty = JSON.stringify({ type: 'ping', payload: { text: '' } }).length;
    client.say({ type: 'ping', payload: { text: 'x'.repeat(2 * MIB - empty) } });
    assert.equal(at(await client.receive(1), 0).type, 'pong');
    client.say({ type: 'ping', payload: { text: 'x'.repeat(2 * MIB - empty + 1) } });
    assert.equal((await client.closed()).code, 4400);
  });

  it('P18: a message over the payload limit of the transport drops the socket, nothing executed', async () => {
    const client = await RawClient.ready(url);
    const before = running.operations.requests.length;
    client.subscribe('1', `query ${'x'.repeat(5 * MIB)}`);
    assert.equal((await client.closed()).code, 1006);
    assert.equal(running.operations.requests.length, before);
  });

  it('P18: invalid UTF-8 drops the socket, nothing executed', async () => {
    const client = await RawClient.ready(url);
    const before = running.operations.requests.length;
    const text = '{"type":"subscribe","id":"1","payload":{"query":"query _"}}';
    client.webSocket.send(Buffer.from(text.replace('_', '\xff'), 'latin1'), { binary: false });
    assert.equal((await client.closed()).code, 1006);
    assert.equal(running.operations.requests.length, before);
  });

  it('A36: a message in many fragments is one message', async () => {
    const client = await RawClient.ready(url);
    for (const character of '{"type":"ping"') client.webSocket.send(character, { fin: false });
    client.webSocket.send('}', { fin: true });
    assert.deepEqual(await client.receive(1), [{ type: 'pong' }]);
    client.terminate();
  });

  it('P27: a socket that is torn down leaves no source and no connection', async () => {
    const client = await RawClient.ready(url);
    for (const id of ['1', '2', '3']) client.subscribe(id);
    const first = running.operations.subscriptions.length;
    await eventually(() => running.operations.subscriptions.length === first + 3);
    assert.ok(running.metrics.connections > 0);
    client.terminate();
    await eventually(() => running.operations.open === 0, { what: 'every disposal' });
    await eventually(() => running.metrics.connections === 0, { what: 'no connection' });
  });

  it('P27: a query that resolves after its socket is gone goes nowhere', async () => {
    const client = await RawClient.ready(url);
    client.subscribe('1', 'query');
    const single = await eventually(() => running.operations.singles.at(-1));
    client.terminate();
    await eventually(() => running.metrics.connections === 0);
    single.resolve('{"data":null}');
    const next = await RawClient.ready(url);
    next.terminate();
  });

  it('P29: 4409 for a 200-byte emoji id keeps its code and a reason of whole characters', async () => {
    const client = await RawClient.ready(url);
    // 123 bytes end inside a character of this reason.
    const id = `id${'😀'.repeat(50)}`;
    client.subscribe(id);
    client.subscribe(id);
    const { code, reason } = await client.closed();
    assert.equal(code, 4409);
    assert.match(reason, /^Subscriber for id😀+$/u);
    assert.ok(Buffer.byteLength(reason) <= 123);
  });

  it('A1: a handshake of a foreign page is 403 before 101, and counted', async () => {
    const before = await running.drops('origin_refused');
    for (const origin of ['https://evil.example', 'null', `http://127.0.0.1.evil.example`]) {
      const client = new RawClient(url, 'graphql-transport-ws', { origin, cookie: 'session=1' });
      const status = await new Promise((resolve) =>
        client.webSocket.on('unexpected-response', (_request, response) => resolve(response.statusCode)),
      );
      assert.equal(status, 403);
      client.terminate();
    }
    assert.equal(await running.drops('origin_refused'), before + 3);
  });

  it('A1: a page of a development server on loopback may connect', async () => {
    const client = new RawClient(url, 'graphql-transport-ws', { origin: 'http://localhost:3000' });
    await client.opened();
    client.terminate();
  });

  it('A21: the 101st subscription is refused with LIMIT_EXCEEDED and the socket lives', async () => {
    const client = await RawClient.ready(url);
    for (let n = 0; n <= 100; n += 1) client.subscribe(`${n}`);
    const [error] = await client.receive(1);
    assert.equal(error?.id, '100');
    assert.match(JSON.stringify(error), /LIMIT_EXCEEDED/);
    at(running.operations.subscriptions, -1).sink.next(batchOf({ data: 1 }));
    assert.deepEqual(await client.receive(1), [{ id: '99', type: 'next', payload: { data: 1 } }]);
    client.terminate();
  });
});

describe('garbage over real sockets', () => {
  it('300 sockets that say garbage leave no connection, no subscription and a server that serves', async () => {
    const running = await RunningListener.start();
    const garbage = [
      '',
      '{',
      'null',
      '[]',
      '{"type":"x"}',
      '\0\0',
      '{"type":"subscribe","id":"1"}',
      '{"type":"next","id":"s"}',
    ];
    try {
      for (let round = 0; round < 30; round += 1) {
        const clients = await Promise.all(Array.from({ length: 10 }, () => RawClient.ready(running.webSocketUrl)));
        for (const [index, client] of clients.entries()) {
          client.subscribe('s');
          client.webSocket.send(garbage[(round + index) % garbage.length] ?? '');
        }
        for (const client of clients) assert.equal((await client.closed()).code, 4400);
      }
      await eventually(() => running.metrics.connections === 0);
      assert.equal(running.operations.subscriptions.length, 300);
      assert.equal(running.operations.open, 0);
      (await RawClient.ready(running.webSocketUrl)).terminate();
    } finally {
      await running.stop();
    }
  });
});

describe('time-outs and bounds of a socket', () => {
  it('P3: without connection_init the socket closes with 4408', async () => {
    const running = await RunningListener.start({ connectionLimits: { initTimeoutMs: 100 } });
    try {
      const client = new RawClient(running.webSocketUrl);
      assert.equal((await client.closed()).code, 4408);
      assert.equal(await running.drops('init_timeout'), 1);
    } finally {
      await running.stop();
    }
  });

  it('P30: a peer that answers no ping is dropped', async () => {
    const running = await RunningListener.start({
      idleTimeoutSeconds: 8,
      connectionLimits: { initTimeoutMs: 600_000 },
    });
    try {
      // A socket that speaks the handshake and nothing else: `ws` would answer pings by itself.
      const socket = connect(running.listener.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.on('data', () => undefined);
      const ended = new Promise((resolve) => socket.on('close', resolve));
      socket.write(
        'GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n' +
          'Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
      );
      await eventually(() => running.metrics.connections === 1);
      await ended;
      await eventually(() => running.metrics.connections === 0);
    } finally {
      await running.stop();
    }
  });

  it('P34: a peer that does not read is closed with 1013, counted, with bounded memory and everything before it intact', async () => {
    const running = await RunningListener.start({ connectionLimits: { maxBufferedBytes: MIB } });
    try {
      const client = await RawClient.ready(running.webSocketUrl);
      client.subscribe('1');
      await eventually(() => running.operations.subscriptions.length === 1);
      const other = await RawClient.ready(running.webSocketUrl);
      other.subscribe('1');
      await eventually(() => running.operations.subscriptions.length === 2);
      client.webSocket.pause();
      const subscription = at(running.operations.subscriptions, 0);
      const text = 'x'.repeat(256 * 1024);
      let sent = 0;
      // The kernel takes some megabytes before anything waits in the process.
      while (subscription.disposed === 0 && sent < 1_000) {
        subscription.sink.next(batchOf({ data: sent, text }, { data: sent + 1, text }));
        sent += 2;
      }
      assert.equal(subscription.disposed, 1);
      assert.equal(await running.drops('slow_connection'), 1);
      client.webSocket.resume();
      assert.equal((await client.closed()).code, 1013);
      const received = client.take().map(({ payload }) => (payload as { data: number }).data);
      assert.deepEqual(
        received,
        received.map((_, index) => index),
      );
      assert.ok(received.length >= sent - 1);
      // The slow peer is no trouble of the others.
      at(running.operations.subscriptions, 1).sink.next(batchOf({ data: 'fine' }));
      assert.deepEqual(await other.receive(1), [{ id: '1', type: 'next', payload: { data: 'fine' } }]);
    } finally {
      await running.stop();
    }
  });
});
