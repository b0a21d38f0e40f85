/** What a scripted server does with each connection of a client. */
export interface ClosingScript {
  /** Acknowledge `connection_init` before it closes; then it closes at the first `subscribe`. */
  readonly acknowledge: boolean;
  /** The code of the close, or `error` for the event that some implementations fire before a bare 1006 (P32). */
  readonly end: number | 'error';
}

interface Message {
  readonly type: string;
}

/**
 * A class of WebSockets whose server closes every one of them, all within the client's process and without a timer: what the client
 * waits for is its own. `opened` counts them.
 */
export function closingSockets(script: ClosingScript): { readonly implementation: unknown; opened(): number } {
  let opened = 0;
  class ClosingSocket {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSING = 2;
    static readonly CLOSED = 3;
    readyState = 0;
    onopen: (() => void) | null = null;
    onmessage: ((event: { data: string }) => void) | null = null;
    onclose: ((event: unknown) => void) | null = null;
    onerror: ((event: unknown) => void) | null = null;

    constructor() {
      opened += 1;
      // Not a microtask: a client that comes back at once must leave the others a turn.
      setImmediate(() => {
        this.readyState = 1;
        this.onopen?.();
      });
    }

    send(text: string): void {
      const { type } = JSON.parse(text) as Message;
      queueMicrotask(() => {
        if (type === 'connection_init' && script.acknowledge) this.onmessage?.({ data: '{"type":"connection_ack"}' });
        else if (type === 'connection_init' || type === 'subscribe') this.#end();
      });
    }

    close(code = 1000, reason = ''): void {
      if (this.readyState === 3) return;
      this.readyState = 3;
      this.onclose?.({ code, reason, wasClean: true });
    }

    #end(): void {
      if (script.end === 'error') this.onerror?.({ type: 'error' });
      this.close(script.end === 'error' ? 1006 : script.end);
    }
  }
  return { implementation: ClosingSocket, opened: () => opened };
}
