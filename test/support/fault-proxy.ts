import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface FaultProxyOptions {
  /** Default: a free loopback port. */
  readonly port?: number;
}

/** A TCP proxy on loopback that hurts on demand and passes every byte unchanged otherwise. */
export interface FaultProxy {
  readonly port: number;
  /** Connections open now. */
  readonly connections: number;
  /** Resets (RST) every connection, or those whose bytes sent so far to the target fit the predicate. Gives their number. */
  cut(which?: (sent: Buffer) => boolean): number;
  /** Keeps connections open and passes nothing, either way, until `flow()`. New connections are accepted and stall too. */
  stall(): void;
  flow(): void;
  /** New connections are reset at once; open ones live on. */
  refuse(): void;
  accept(): void;
  /** As `eatReplyTo` for whatever request comes next on any connection. */
  eatNextReply(): Promise<void>;
  /**
   * Waits for a request chunk that fits, passes it on, swallows the bytes that the target then sends on that connection, and resets the connection:
   * the target has done the work and the client will never hear of it. Once per call; resolves when the reply was eaten.
   */
  eatReplyTo(fits: (request: Buffer) => boolean): Promise<void>;
  /** Resets everything and frees the port. Idempotent. */
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly target: Socket;
  /** The first 64 KiB that the client sent, by which tests tell connections apart. */
  sent: Buffer;
  eating: (() => void) | undefined;
}

const SENT_KEPT = 64 * 1024;

/** Starts a proxy in front of a target, which need not be up yet. */
export async function startFaultProxy(
  target: { readonly host: string; readonly port: number },
  options: FaultProxyOptions = {},
): Promise<FaultProxy> {
  const pairs = new Set<Pair>();
  const eaters: { readonly fits: (request: Buffer) => boolean; readonly eaten: () => void }[] = [];
  let stalled = false;
  let refusing = false;
  let closed: Promise<void> | undefined;

  const reset = (pair: Pair): void => {
    pairs.delete(pair);
    resetSocket(pair.client);
    resetSocket(pair.target);
  };

  const forward = (pair: Pair, chunk: Buffer): void => {
    if (pair.sent.length < SENT_KEPT) pair.sent = Buffer.concat([pair.sent, chunk]).subarray(0, SENT_KEPT);
    const index = pair.eating === undefined ? eaters.findIndex((eater) => eater.fits(chunk)) : -1;
    if (index >= 0) pair.eating = eaters.splice(index, 1)[0]?.eaten;
    if (!pair.target.write(chunk)) pair.client.pause();
  };

  const backward = (pair: Pair, chunk: Buffer): void => {
    if (pair.eating !== undefined) {
      const eaten = pair.eating;
      reset(pair);
      eaten();
      return;
    }
    if (!pair.client.write(chunk)) pair.target.pause();
  };

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    if (refusing) {
      client.on('error', () => {});
      resetSocket(client);
      return;
    }
    const upstream = connect({ ...target, allowHalfOpen: true, noDelay: true });
    const pair: Pair = { client, target: upstream, sent: Buffer.alloc(0), eating: undefined };
    pairs.add(pair);
    client.on('data', (chunk) => forward(pair, chunk));
    upstream.on('data', (chunk) => backward(pair, chunk));
    client.on('drain', () => stalled || upstream.resume());
    upstream.on('drain', () => stalled || client.resume());
    // A half-close is passed on as one; anything worse resets both sides.
    client.on('end', () => upstream.end());
    upstream.on('end', () => client.end());
    client.on('error', () => reset(pair));
    upstream.on('error', () => reset(pair));
    client.on('close', () => upstream.destroyed && pairs.delete(pair));
    upstream.on('close', () => client.destroyed && pairs.delete(pair));
    if (stalled) {
      client.pause();
      upstream.pause();
    }
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const eatReplyTo = (fits: (request: Buffer) => boolean): Promise<void> =>
    new Promise((resolve) => {
      eaters.push({ fits, eaten: resolve });
    });

  return {
    port,
    get connections() {
      return pairs.size;
    },
    cut(which = () => true) {
      const victims = [...pairs].filter((pair) => which(pair.sent));
      for (const pair of victims) reset(pair);
      return victims.length;
    },
    stall() {
      stalled = true;
      for (const pair of pairs) {
        pair.client.pause();
        pair.target.pause();
      }
    },
    flow() {
      stalled = false;
      for (const pair of pairs) {
        pair.client.resume();
        pair.target.resume();
      }
    },
    refuse() {
      refusing = true;
    },
    accept() {
      refusing = false;
    },
    eatNextReply: () => eatReplyTo(() => true),
    eatReplyTo,
    close() {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        for (const pair of pairs) reset(pair);
      });
      return closed;
    },
  };
}

/**
 * Closes a socket with RST. libuv refuses that to a socket whose half-close has not gone out yet; Node takes the refused handle for closed,
 * never closes it, and then spins for ever when the process ends. Such a socket is destroyed the usual way.
 */
export function resetSocket(socket: Socket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}
