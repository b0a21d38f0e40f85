import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Bytes that the proxy gathers before it passes any on, as nginx does by default with one page. */
const BUFFER_BYTES = 4_096;

export interface BufferingProxy {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * An HTTP proxy that buffers like nginx: bytes of a response are passed on when 4 KiB of them have come, or at its end; at once only
 * for a response that says `x-accel-buffering: no`.
 */
export async function startBufferingProxy(target: string): Promise<BufferingProxy> {
  const server = createServer((incoming, outgoing) => {
    const { method, headers } = incoming;
    const upstream = request(target, { method, headers, agent: false }, (response) => {
      const buffers = response.headers['x-accel-buffering'] !== 'no';
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      let held: Buffer[] = [];
      response.on('data', (chunk: Buffer) => {
        held.push(chunk);
        const bytes = held.reduce((sum, { length }) => sum + length, 0);
        if (buffers && bytes < BUFFER_BYTES) return;
        outgoing.write(Buffer.concat(held));
        held = [];
      });
      response.on('end', () => outgoing.end(Buffer.concat(held)));
      response.on('error', () => outgoing.destroy());
    });
    upstream.on('error', () => outgoing.destroy());
    outgoing.on('close', () => upstream.destroy());
    incoming.pipe(upstream);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
