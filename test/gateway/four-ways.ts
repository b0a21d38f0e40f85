import assert from 'node:assert/strict';
import { RawClient } from '../transport/running-listener.ts';

/** A request as a client writes it, for any transport. */
export interface Request {
  readonly query?: string;
  readonly documentId?: string;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export interface Answer {
  /** Undefined on a WebSocket. */
  readonly status: number | undefined;
  readonly retryAfter: string | undefined;
  readonly data: unknown;
  readonly errors: readonly { readonly message: string; readonly extensions: Readonly<Record<string, unknown>> }[];
}

/** Asks once over one transport. `headers` go with the request or the handshake. */
export type Ask = (url: string, request: Request, headers?: Readonly<Record<string, string>>) => Promise<Answer>;

/** Every way in. What one of them checks, all have to check. */
export const WAYS: readonly (readonly [name: string, ask: Ask])[] = [
  ['WebSocket', overWebSocket],
  ['SSE', (url, request, headers) => overPost(url, request, { accept: 'text/event-stream', ...headers })],
  ['HTTP POST', overPost],
  ['HTTP GET', overGet],
];

/** Asks over every transport, and holds the answers against each other (P98). Gives the one of the first. */
export async function askAll(url: string, request: Request): Promise<Answer> {
  const answers: Answer[] = [];
  for (const [way, ask] of WAYS) {
    const answer = await ask(url, request);
    assert.deepEqual(answer.errors, (answers[0] ?? answer).errors, `${way} answers otherwise`);
    assert.deepEqual(answer.data, (answers[0] ?? answer).data, `${way} answers otherwise`);
    answers.push(answer);
  }
  const [first] = answers;
  assert.ok(first !== undefined);
  return first;
}

async function overWebSocket(
  url: string,
  request: Request,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const client = new RawClient(url.replace(/^http/, 'ws'), 'graphql-transport-ws', { ...headers });
  try {
    await client.opened();
    client.say({ type: 'connection_init' });
    client.say({ type: 'subscribe', id: '1', payload: request });
    const [, answer] = await client.receive(2);
    assert.ok(answer !== undefined);
    if (answer.type === 'error') return { ...NOTHING, errors: answer.payload as Answer['errors'] };
    assert.equal(answer.type, 'next');
    return { ...NOTHING, ...(answer.payload as Partial<Answer>) };
  } finally {
    client.terminate();
  }
}

const NOTHING: Answer = { status: undefined, retryAfter: undefined, data: undefined, errors: [] };

async function overPost(
  url: string,
  request: Request,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return read(
    await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(request),
    }),
  );
}

async function overGet(url: string, request: Request, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(request)) {
    parameters.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return read(await fetch(`${url}?${parameters}`, { headers: { ...headers } }));
}

/** Of an event stream the first result is read. */
async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const stream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const json = stream ? (/^event: next\ndata: (.*)$/m.exec(text)?.[1] ?? text) : text;
  return {
    ...NOTHING,
    ...(JSON.parse(json) as Partial<Answer>),
    status: response.status,
    retryAfter: response.headers.get('retry-after') ?? undefined,
  };
}
