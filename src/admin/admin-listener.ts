import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AdminSource } from './admin-source.ts';
import { connectionsPage, PAGE_POLICY, topicsPage } from './debug-pages.ts';
import { answerLogLevel } from './log-level.ts';

export interface AdminListenerOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly source: AdminSource;
}

/** The operators' own listener (A74): apart from the public port, so that a load balancer never shows it. */
export interface AdminListener {
  readonly port: number;
  /** Idempotent. */
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly policy?: string;
}

const PATHS = ['/metrics', '/livez', '/readyz', '/healthz', '/log-level', '/debug/topics', '/debug/connections'];

/** The text format of Prometheus. */
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Starts the listener. Rejects with Node's own `EADDRINUSE` error when the port is taken. */
export async function listenAdmin(options: AdminListenerOptions): Promise<AdminListener> {
  const server = createServer((request, response) => {
    answer(request, options.source)
      .catch((error: unknown): Answer => json(500, { error: error instanceof Error ? error.message : 'unexpected' }))
      .then((result) => send(response, result));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: options.host, port: options.port, exclusive: true }, () => resolve());
  });
  let closing: Promise<void> | undefined;
  return {
    port: portOf(server),
    close() {
      closing ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closing;
    },
  };
}

async function answer(request: IncomingMessage, source: AdminSource): Promise<Answer> {
  const path = request.url?.split('?', 1)[0];
  if (path === '/log-level' && source.logLevel !== undefined) {
    const { status, body } = await answerLogLevel(request, source.logLevel);
    return json(status, body);
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return json(405, { error: 'use GET' });
  switch (path) {
    case '/metrics':
      return { status: 200, contentType: METRICS_TYPE, body: await source.metrics() };
    case '/livez':
      return json(200, { live: true });
    case '/readyz': {
      const readiness = await source.ready();
      return json(readiness.ready ? 200 : 503, readiness);
    }
    case '/healthz': {
      const report = await source.health();
      return json(report.healthy ? 200 : 503, report);
    }
    case '/debug/topics': {
      const report = await source.debug();
      const { ratesOverSeconds, topics, streams } = report;
      return wantsPage(request) ? html(topicsPage(report)) : json(200, { ratesOverSeconds, topics, streams });
    }
    case '/debug/connections': {
      const report = await source.debug();
      return wantsPage(request) ? html(connectionsPage(report)) : json(200, report.connections);
    }
    default:
      return json(404, { error: 'not found', paths: PATHS });
  }
}

function json(status: number, body: unknown): Answer {
  return { status, contentType: 'application/json; charset=utf-8', body: `${JSON.stringify(body)}\n` };
}

/** Is it a browser? */
function wantsPage({ headers }: IncomingMessage): boolean {
  return headers.accept?.includes('text/html') === true;
}

function html(body: string): Answer {
  return { status: 200, contentType: 'text/html; charset=utf-8', body, policy: PAGE_POLICY };
}

function send(response: ServerResponse, { status, contentType, body, policy }: Answer): void {
  response.writeHead(status, {
    'content-type': contentType,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(policy === undefined ? {} : { 'content-security-policy': policy }),
  });
  response.end(body);
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The admin listener has no port.');
  return address.port;
}
