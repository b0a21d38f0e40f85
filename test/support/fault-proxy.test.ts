import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { resetSocket } from './fault-proxy.ts';

test('a socket is closed although its half-close has not gone out yet', { timeout: 30_000 }, async () => {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  const failures: Error[] = [];
  socket.on('error', (error) => failures.push(error));
  await once(socket, 'connect');
  const [peer] = await accepted;
  peer.on('error', () => {});
  peer.resume();

  socket.end('last words');
  resetSocket(socket);

  await once(socket, 'close');
  // A half-close alone would leave the peer writable for ever.
  while (!peer.destroyed) {
    peer.write('anyone there?');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.deepEqual(failures, []);
  server.close();
  await once(server, 'close');
});
