import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { ListenError, PortInUseError } from '../../src/transport/listener.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { RawClient, RunningListener } from './running-listener.ts';

describe('the public listener', () => {
  it('A76: a port that another listener has is PortInUseError, and the first keeps all of it', async () => {
    // A port that was asked for by number: one that the system chose is never shared by uWebSockets.js.
    const port = await freePort();
    const first = await RunningListener.start({ port });
    try {
      await assert.rejects(RunningListener.start({ port }), (error: unknown) => {
        assert.ok(error instanceof PortInUseError);
        assert.equal(error.port, port);
        assert.equal(error.host, '127.0.0.1');
        assert.match(error.message, new RegExp(`Port ${port} on 127.0.0.1 is in use`));
        return true;
      });
    } finally {
      await first.stop();
    }
  });

  it('A76: a port that another kind of server has is PortInUseError too', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const address = server.address();
      assert.ok(typeof address === 'object' && address !== null);
      await assert.rejects(RunningListener.start({ port: address.port }), PortInUseError);
    } finally {
      server.close();
    }
  });

  it('an address that the machine does not have says so', async () => {
    await assert.rejects(RunningListener.start({ host: '192.0.2.1' }), (error: unknown) => {
      assert.ok(error instanceof ListenError);
      assert.equal(error.code, 'EADDRNOTAVAIL');
      assert.match(error.message, /192\.0\.2\.1.*no such address/);
      return true;
    });
  });

  it('a name that does not resolve says so', async () => {
    await assert.rejects(RunningListener.start({ host: 'no-such-host.invalid' }), (error: unknown) => {
      assert.ok(error instanceof ListenError);
      assert.match(error.message, /no-such-host\.invalid.*does not resolve/);
      return true;
    });
  });

  it('close is idempotent, and frees the port', async () => {
    const first = await RunningListener.start();
    const { port } = first.listener;
    const closing = first.listener.close(1_000);
    assert.equal(first.listener.close(0), closing);
    await closing;
    first.metrics.close();
    const second = await RunningListener.start({ port });
    await second.stop();
  });

  it('P34: close answers what is in flight, then closes the sockets with 1012', async () => {
    const running = await RunningListener.start();
    const idle = await RawClient.ready(running.webSocketUrl);
    idle.subscribe('1');
    const busy = await RawClient.ready(running.webSocketUrl);
    busy.subscribe('1', 'mutation');
    const response = fetch(running.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"mutation"}',
    });
    await eventually(() => running.operations.singles.length === 2 && running.operations.subscriptions.length === 1);
    const closing = running.listener.close(60_000);
    assert.equal((await idle.closed()).code, 1012);
    await eventually(() => running.operations.open === 0);
    assert.equal(busy.closing, undefined);
    await assert.rejects(fetch(running.url));
    for (const single of running.operations.singles) single.resolve('{"data":{"done":true}}');
    assert.deepEqual(await (await response).json(), { data: { done: true } });
    assert.deepEqual(
      (await busy.receive(2)).map(({ type }) => type),
      ['next', 'complete'],
    );
    assert.equal((await busy.closed()).code, 1012);
    await closing;
    assert.equal(running.metrics.connections, 0);
    running.metrics.close();
  });

  it('F23: connections leave one by one over the spread', async () => {
    const running = await RunningListener.start();
    const clients: RawClient[] = [];
    for (let count = 0; count < 40; count += 1) clients.push(await RawClient.ready(running.webSocketUrl));
    const closing = running.listener.close(60_000, 60_000);
    // All at once would be in the same turn.
    assert.equal(running.metrics.connections, 39);
    for (const client of clients) assert.equal((await client.closed()).code, 1012);
    await closing;
    running.metrics.close();
  });

  it('P34: after the deadline close waits no longer', async () => {
    const running = await RunningListener.start();
    const client = await RawClient.ready(running.webSocketUrl);
    client.subscribe('1', 'mutation');
    await eventually(() => running.operations.singles.length === 1);
    await running.listener.close(50);
    assert.equal((await client.closed()).code, 1012);
    running.operations.singles[0]?.resolve('{"data":null}');
    running.metrics.close();
  });
});
