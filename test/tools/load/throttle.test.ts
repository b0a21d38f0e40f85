import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { test } from 'node:test';
import { startThrottle } from '../../../tools/load/throttle.mjs';

/** More than the sockets' buffers hold, so that the server itself must wait. */
const SENT = Buffer.alloc(32 * 2 ** 20);

test('the slow way to a server passes what clients say at once, and lets the server wait with what it says', async (t) => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.write(SENT));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const slow = await startThrottle(`http://127.0.0.1:${port}/graphql`);
  t.after(async () => {
    await slow.stop();
    server.close();
  });
  assert.equal(new URL(slow.url).pathname, '/graphql');

  const client = connect({ host: '127.0.0.1', port: Number(new URL(slow.url).port) });
  t.after(() => client.destroy());
  const accepted = once(server, 'connection');
  client.write('hello');
  const [upstream] = await accepted;
  let received = 0;
  for await (const bytes of client) {
    received += bytes.length;
    if (received >= 8_192) break;
  }
  assert.ok(received < 65_536, `${received} bytes at once`);
  assert.ok(upstream.writableLength > 0, 'the server has got rid of everything');
});
