import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'graphql-ws/client';
import { WebSocket as WsWebSocket } from 'ws';
import { createResumableClient, type ResumableClientOptions } from '../../src/client/resumable-client.ts';
import { ScriptedServer } from './scripted-server.ts';

/** They differ in what they tell of a broken connection: only the built-in one fires `error` on a bare 1006 (P32). */
export const SOCKETS: readonly { readonly name: string; readonly webSocketImpl: unknown }[] = [
  { name: 'built-in WebSocket', webSocketImpl: globalThis.WebSocket },
  { name: 'ws', webSocketImpl: WsWebSocket },
];

export const SUBSCRIPTION = 'subscription { n }';

export async function startServer(test: TestContext): Promise<ScriptedServer> {
  const server = new ScriptedServer();
  await server.start();
  test.after(() => server.stop());
  return server;
}

/** A client that tries again almost at once. */
export function startClient(
  test: TestContext,
  server: ScriptedServer,
  options: Partial<ResumableClientOptions> = {},
): Client {
  const client = createResumableClient({ url: server.url, retryWait: async () => void (await sleep(20)), ...options });
  test.after(() => client.dispose());
  return client;
}

/** What localStorage is. */
export class MemoryStorage {
  readonly entries: Map<string, string> = new Map();

  getItem(key: string): string | null {
    return this.entries.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.entries.set(key, value);
  }

  removeItem(key: string): void {
    this.entries.delete(key);
  }
}
