import { WebSocket } from 'k6/websockets';

/** k6's WebSocket as it is: its published types know neither subprotocols nor what each event carries. */
export interface Socket {
  addEventListener(event: 'open', listener: () => void): void;
  addEventListener(event: 'message', listener: (event: { readonly data: string | ArrayBuffer }) => void): void;
  addEventListener(event: 'error', listener: (event: { readonly error: string }) => void): void;
  addEventListener(event: 'close', listener: (event: { readonly code: number }) => void): void;
  send(text: string): void;
  close(code: number): void;
}

export function openSocket(url: string, protocol: string): Socket {
  return new (WebSocket as unknown as new (url: string, protocol: string) => Socket)(url, protocol);
}
