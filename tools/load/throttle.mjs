// A slow way to a server: k6 always reads at once, so the slow consumers of the load tests connect through this proxy. On each
// connection it passes little on for eight seconds, then everything for four, and so on.

import { connect, createServer } from 'node:net';

const SLOW_MS = 8_000;
const OPEN_MS = 4_000;
/** While it is slow, so many bytes pass in each step: too few for the load, and enough to show that the client lives. */
const STEP_BYTES = 4_096;
const STEP_MS = 250;

/**
 * @param {string} url of the server; http, for the bytes are passed on as they are
 * @returns {Promise<{url: string, stop: () => Promise<void>}>}
 */
export async function startThrottle(url) {
  const target = new URL(url);
  const port = Number(target.port || 80);
  const sockets = new Set();
  const server = createServer((client) => {
    const upstream = connect({ host: target.hostname, port });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ]) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (bytes) => upstream.write(bytes));
    passSlowly(upstream, client);
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const slow = new URL(url);
  slow.protocol = 'http:';
  slow.hostname = '127.0.0.1';
  slow.port = String(server.address().port);
  const stop = () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return { url: slow.href, stop };
}

/** Reads no more from the server than the client is to get: what is left waits in the server. */
function passSlowly(upstream, client) {
  const started = performance.now();
  const isSlow = () => (performance.now() - started) % (SLOW_MS + OPEN_MS) < SLOW_MS;
  let isFull = false;
  const pass = () => {
    if (isFull) return;
    // The bytes of a step, or in an open time as many as there are.
    let left = isSlow() ? STEP_BYTES : Number.POSITIVE_INFINITY;
    while (left > 0) {
      const length = Math.min(left, upstream.readableLength);
      const bytes = length > 0 ? upstream.read(length) : upstream.read();
      if (bytes === null) return;
      left -= bytes.length;
      if (!client.write(bytes) && !isSlow()) {
        isFull = true;
        client.once('drain', () => {
          isFull = false;
          pass();
        });
        return;
      }
    }
  };
  upstream.pause();
  upstream.on('readable', () => {
    if (!isSlow()) pass();
  });
  const timer = setInterval(pass, STEP_MS);
  upstream.on('close', () => clearInterval(timer));
}
