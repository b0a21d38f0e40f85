import type { HttpRequest, TemplatedApp, HttpResponse as UwsResponse } from 'uWebSockets.js';
import { STATUS_CODES } from 'node:http';
import type { GraphqlEndpoint, HeadDecision } from '../protocol/http/graphql-endpoint.ts';
import type { HttpResponse, RequestHead } from '../protocol/http/http-message.ts';
import type { Clock } from '../time/clock.ts';

/** The HTTP side of the public port: every path and method that is no WebSocket handshake. */
export function registerHttp(app: TemplatedApp, endpoint: GraphqlEndpoint, clock: Clock): void {
  app.any('/*', (response, request) => {
    const head = requestHead(request);
    const decision = endpoint.head(head);
    switch (decision.type) {
      case 'drop':
        response.close();
        break;
      case 'respond':
        writeResponse(response, decision.response, head.method);
        break;
      case 'read':
        new Exchange(response, decision, endpoint, clock);
        break;
      default:
        throw decision satisfies never;
    }
  });
}

/** Writes a whole response. The response must be neither aborted nor ended. */
export function writeResponse(
  response: UwsResponse,
  { status, headers, body, closeConnection }: HttpResponse,
  method = 'GET',
): void {
  response.cork(() => {
    response.writeStatus(`${status} ${STATUS_CODES[status] ?? 'Unknown'}`);
    for (const [name, value] of headers) response.writeHeader(name, value);
    if (method === 'HEAD') response.endWithoutBody(Buffer.byteLength(body), closeConnection);
    else response.end(body, closeConnection);
  });
}

/** Valid only while uWebSockets.js calls the handler. */
function requestHead(request: HttpRequest): RequestHead {
  let contentLengths = 0;
  request.forEach((name) => {
    if (name === 'content-length') contentLengths += 1;
  });
  return {
    contentLengths,
    method: request.getCaseSensitiveMethod(),
    path: request.getUrl(),
    // Undefined without a question mark, whatever the types say.
    query: request.getQuery() ?? '',
    header: (name) => request.getHeader(name),
  };
}

/** One request with a body, from its head to its response. */
class Exchange {
  readonly #response: UwsResponse;
  readonly #decision: Extract<HeadDecision, { type: 'read' }>;
  readonly #endpoint: GraphqlEndpoint;
  readonly #cancelTimer: () => void;
  /** `reading` the body, `running` the operation, `over` when answered or aborted: uWebSockets.js forbids touching it then. */
  #state: 'reading' | 'running' | 'over' = 'reading';
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(
    response: UwsResponse,
    decision: Extract<HeadDecision, { type: 'read' }>,
    endpoint: GraphqlEndpoint,
    clock: Clock,
  ) {
    this.#response = response;
    this.#decision = decision;
    this.#endpoint = endpoint;
    this.#cancelTimer = clock.after(endpoint.limits.bodyTimeoutMs, () => this.#refuse(endpoint.bodyTooSlow()));
    response.onAborted(() => {
      this.#state = 'over';
      this.#chunks = [];
      this.#cancelTimer();
    });
    response.onData((chunk, isLast) => this.#read(chunk, isLast));
  }

  #read(chunk: ArrayBuffer, isLast: boolean): void {
    if (this.#state !== 'reading') return;
    this.#bytes += chunk.byteLength;
    if (this.#bytes > this.#endpoint.limits.maxBodyBytes) {
      this.#refuse(this.#endpoint.bodyTooLarge());
      return;
    }
    // The chunk's memory is taken back when this returns; a body in one piece is read before that.
    if (!isLast) {
      this.#chunks.push(Buffer.from(chunk.slice(0)));
      return;
    }
    const body = this.#chunks.length === 0 ? Buffer.from(chunk) : Buffer.concat([...this.#chunks, Buffer.from(chunk)]);
    this.#chunks = [];
    this.#cancelTimer();
    this.#state = 'running';
    void this.#answer(body);
  }

  async #answer(body: Buffer): Promise<void> {
    this.#respond(await this.#decision.answer(body));
  }

  #refuse(response: HttpResponse): void {
    if (this.#state !== 'reading') return;
    this.#chunks = [];
    this.#respond(response);
  }

  #respond(response: HttpResponse): void {
    this.#cancelTimer();
    // Aborted: the operation ran, but nobody waits for its answer.
    if (this.#state === 'over') return;
    this.#state = 'over';
    writeResponse(this.#response, response);
  }
}
