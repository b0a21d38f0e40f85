import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { ListenError, PortInUseError } from '../transport/port-in-use.ts';

/** A port that belongs to the workers of this server. */
export interface PortGuard {
  readonly port: number;
  /** Idempotent. */
  close(): Promise<void>;
}

/**
 * A76: takes a port for workers that will share it, so that the workers of another server cannot join them. 0 takes a free one. Rejects
 * with PortInUseError when anyone listens there, ListenError when the address cannot be listened on.
 *
 * Nobody may hold the port itself beside the workers, so that two servers which start at the same moment would both find it free. What
 * the guard holds on Linux is a name in the abstract namespace: it is bound or refused in one step, belongs to the same network
 * namespace as the port, and goes with its process. Elsewhere only the look at the port remains.
 */
export async function guardPort(host: string, port: number): Promise<PortGuard> {
  const chosen = port === 0 ? await lookAt(host, 0) : port;
  const name = process.platform === 'linux' ? await holdName(host, chosen) : undefined;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= closed(name);
    return closing;
  };
  try {
    await lookAt(host, chosen);
  } catch (error) {
    await close();
    throw error;
  }
  return { port: chosen, close };
}

/** Listens alone for a moment. */
async function lookAt(host: string, port: number): Promise<number> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    throw code === 'EADDRINUSE' ? new PortInUseError(host, port) : new ListenError(host, port, code);
  } finally {
    await closed(server);
  }
}

async function holdName(host: string, port: number): Promise<Server> {
  // localhost and 127.0.0.1 are one place.
  const { address } = await lookup(host).catch((error: NodeJS.ErrnoException) => {
    throw new ListenError(host, port, error.code);
  });
  const server = createServer((socket) => socket.destroy());
  server.unref();
  try {
    server.listen({ path: `\0sluice workers ${address} ${port}`, exclusive: true });
    await once(server, 'listening');
    return server;
  } catch {
    throw new PortInUseError(host, port);
  }
}

async function closed(server: Server | undefined): Promise<void> {
  if (server === undefined || !server.listening) return;
  server.close();
  await once(server, 'close');
}
