import { connect, type Socket } from 'node:net';

/** How a wait ended: what was waited for came, the peer closed first, or neither did in time. */
export type WaitEnd = 'held' | 'closed' | 'late';

/** A TCP connection that sends whatever it is given. */
export class RawSocket {
  /** Called with all that arrives. */
  onData: (chunk: Buffer) => void = () => {};
  readonly #socket: Socket;
  #closed = false;
  #wait: { readonly check: () => boolean; readonly settle: (end: WaitEnd) => void } | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      this.onData(chunk);
      this.#look();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#closed = true;
      this.#look();
    });
  }

  static async open(port: number): Promise<RawSocket> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    const opened = new RawSocket(socket);
    // The peer said that it is done, and so are we.
    socket.on('end', () => socket.end());
    return opened;
  }

  get closed(): boolean {
    return this.#closed;
  }

  write(bytes: Buffer): void {
    if (!this.#closed && this.#socket.writable) this.#socket.write(bytes);
  }

  /** Says that nothing more will come. */
  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Waits until the check holds; it is asked again whenever something arrived. One wait at a time. */
  waitFor(check: () => boolean, deadlineMs: number): Promise<WaitEnd> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle('late'), deadlineMs);
      const settle = (end: WaitEnd): void => {
        clearTimeout(timer);
        this.#wait = undefined;
        resolve(end);
      };
      this.#wait = { check, settle };
      this.#look();
    });
  }

  #look(): void {
    const wait = this.#wait;
    if (wait === undefined) return;
    if (wait.check()) wait.settle('held');
    else if (this.#closed) wait.settle('closed');
  }
}
