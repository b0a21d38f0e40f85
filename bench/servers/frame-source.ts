// A server that does nothing but write: it sends the same ready-made frames to all its connections, as fast as they are taken. What the
// generator counts against it is the generator's own ceiling.
// Run as a process: frame-source.ts FRAMES_PER_WRITE; prints its port. It begins at a line on its standard input.

import { createHash } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { digitsOf, eventText } from '../load/event.ts';

const framesPerWrite = Number(process.argv[2] ?? 16);
const MAXIMUM_SHORT_LENGTH = 125;
const sockets = new Set<Socket>();

const { head, tail } = eventText(0);
const messages = ['{"id":"a","type":"next","payload":{"data":{"ephemeral":', '}}}'] as const;

function frame(text: string): Buffer {
  const payload = Buffer.from(text);
  const start =
    payload.length > MAXIMUM_SHORT_LENGTH ? Buffer.from([0x81, 126, 0, 0]) : Buffer.from([0x81, payload.length]);
  if (start.length === 4) start.writeUInt16BE(payload.length, 2);
  return Buffer.concat([start, payload]);
}

const server = createServer({ noDelay: true }, (socket) => {
  let step = 0;
  socket.on('error', () => {});
  socket.on('close', () => sockets.delete(socket));
  // The generator waits for an answer before each step, and each of its steps is one packet.
  socket.on('data', (data) => {
    step += 1;
    if (step === 1) {
      const key = /sec-websocket-key: (\S+)/i.exec(data.toString())?.[1] ?? '';
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n` +
          'Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
      );
    } else if (step === 2) socket.write(frame('{"type":"connection_ack"}'));
    else sockets.add(socket);
  });
});

let number = 0;

/** Writes the next frames to all; the next round follows when all have been taken. */
function round(): void {
  const frames: Buffer[] = [];
  for (let count = 0; count < framesPerWrite; count += 1) {
    frames.push(frame(messages[0] + head + digitsOf(number) + tail + messages[1]));
    number += 1;
  }
  const bytes = Buffer.concat(frames);
  let waiting = sockets.size;
  const taken = (): void => {
    waiting -= 1;
    if (waiting === 0) setImmediate(round);
  };
  for (const socket of sockets) socket.write(bytes, taken);
}

server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
process.stdin.once('data', round);
process.stdin.once('end', () => process.exit());
