import { createServer } from 'node:net';

/** Another process, or another listener of this one, has the port. */
export class PortInUseError extends Error {
  override readonly name = 'PortInUseError';
  readonly port: number;
  readonly host: string;

  constructor(host: string, port: number) {
    super(`Port ${port} on ${host} is in use: stop the other program or choose another port.`);
    this.host = host;
    this.port = port;
  }
}

/** The address cannot be listened on, for a reason that is not another listener. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  /** The system's code, for example `EADDRNOTAVAIL`; undefined when the system did not say. */
  readonly code: string | undefined;

  constructor(host: string, port: number, code: string | undefined) {
    super(`Cannot listen on ${host}, port ${port}: ${explain(code)}`);
    this.code = code;
  }
}

/** uWebSockets.js says only that it failed: asks the system why, by trying the same with node:net. */
export async function whyNotListening(host: string, port: number): Promise<PortInUseError | ListenError> {
  const code = await new Promise<string | undefined>((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
  return code === 'EADDRINUSE' ? new PortInUseError(host, port) : new ListenError(host, port, code);
}

function explain(code: string | undefined): string {
  switch (code) {
    case 'EADDRNOTAVAIL':
      return 'this machine has no such address. Use 127.0.0.1, 0.0.0.0 or one of its own addresses.';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the host name does not resolve. Use an IP address, or a name that this machine knows.';
    case 'EACCES':
      return 'the system does not permit it. Ports below 1024 need a privilege; choose a higher one.';
    default:
      return `the system refused it${code === undefined ? '' : ` (${code})`}.`;
  }
}
