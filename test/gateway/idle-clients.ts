// Opens many WebSockets with one subscription each, and keeps them open until its stdin ends. A program of its own, so that the
// process that is measured holds the server's side only: `node idle-clients.ts PORT COUNT QUERY`.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const [port = '0', count = '0', query = ''] = process.argv.slice(2);

/** A text message from a client, with a mask of zeros. */
function frame(text: string): Buffer {
  const payload = Buffer.from(text);
  const length =
    payload.length < 126 ? [0x80 | payload.length] : [0x80 | 126, payload.length >> 8, payload.length & 255];
  return Buffer.concat([Buffer.from([0x81, ...length, 0, 0, 0, 0]), payload]);
}

async function subscribe(): Promise<Socket> {
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    'GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
  );
  await once(socket, 'data');
  socket.write(frame('{"type":"connection_init"}'));
  socket.write(frame(JSON.stringify({ id: randomUUID(), type: 'subscribe', payload: { query } })));
  return socket;
}

const open: Socket[] = [];
while (open.length < Number(count)) {
  open.push(...(await Promise.all(Array.from({ length: 50 }, subscribe))));
}
process.stdin.resume().on('end', () => process.exit(0));
