import type { HttpRequest, TemplatedApp, HttpResponse as UwsResponse } from 'uWebSockets.js';
import { STATUS_CODES } from 'node:http';
import type { Answer, PendingBody, PendingRequest } from '../protocol/http/answer.ts';
import type { GraphqlEndpoint } from '../protocol/http/graphql-endpoint.ts';
import type { HttpResponse, RequestHead, ResponseHeaders } from '../protocol/http/http-message.ts';
import type { HttpLimits } from '../protocol/http/limits.ts';
import type { Clock } from '../time/clock.ts';
import { addressSource } from './address-source.ts';
import { type AwaitedBody, BodyDeadlines } from './body-deadlines.ts';
import { type EventStreamsContext, UwsEventStream } from './uws-event-stream.ts';

/** What all requests of a listener share. */
export interface HttpContext extends EventStreamsContext {
  readonly clock: Clock;
}

/** The HTTP side of the public port: every path and method that is no WebSocket handshake. */
export function registerHttp(app: TemplatedApp, endpoint: GraphqlEndpoint, context: HttpContext): void {
  const { limits } = endpoint;
  const deadlines = new BodyDeadlines(context.clock, limits.bodyTimeoutMs);
  app.any('/*', (response, request) => {
    const head = requestHead(response, request);
    const decision = endpoint.head(head);
    switch (decision.type) {
      case 'drop':
        response.close();
        break;
      case 'respond':
        writeResponse(response, decision.response, head.method);
        break;
      case 'answer':
        new Exchange(response, decision.request, context).answer(NO_BODY);
        break;
      case 'read':
        new Exchange(response, decision.request, context).read(decision.request, limits, deadlines);
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
    // uWebSockets.js writes 200 by itself.
    if (status !== 200) response.writeStatus(`${status} ${STATUS_CODES[status] ?? 'Unknown'}`);
    writeHeaders(response, headers);
    if (method === 'HEAD') response.endWithoutBody(Buffer.byteLength(body), closeConnection);
    else response.end(body, closeConnection);
  });
}

/** Valid only while uWebSockets.js calls the handler. */
function requestHead(response: UwsResponse, request: HttpRequest): RequestHead {
  const names: string[] = [];
  const values: string[] = [];
  let contentLengths = 0;
  // Each call into uWebSockets.js costs more than a look at a short list.
  request.forEach((name, value) => {
    names.push(name);
    values.push(value);
    if (name === 'content-length') contentLengths += 1;
  });
  return {
    contentLengths,
    method: request.getCaseSensitiveMethod(),
    path: request.getUrl(),
    // Undefined without a question mark, whatever the types say.
    query: request.getQuery() ?? '',
    header: (name) => values[names.indexOf(name)] ?? '',
    from: addressSource(response, request),
  };
}

const NO_BODY = Buffer.alloc(0);

/** One request that is answered, from its head to the end of its response. */
class Exchange implements AwaitedBody {
  readonly #response: UwsResponse;
  readonly #request: PendingRequest;
  readonly #context: HttpContext;
  /** Known while the body is being read. */
  #body: { readonly pending: PendingBody; readonly deadlines: BodyDeadlines } | undefined;
  /** `reading` the body, `running` the operation, `over` when answered or aborted: uWebSockets.js forbids touching it then. */
  #state: 'reading' | 'running' | 'over' = 'reading';
  #stream: UwsEventStream | undefined;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(response: UwsResponse, request: PendingRequest, context: HttpContext) {
    this.#response = response;
    this.#request = request;
    this.#context = context;
    response.onAborted(() => this.#aborted());
  }

  /** Reads the body, then answers. */
  read(pending: PendingBody, limits: HttpLimits, deadlines: BodyDeadlines): void {
    this.#body = { pending, deadlines };
    deadlines.add(this);
    this.#response.onData((chunk, isLast) => this.#read(pending, limits.maxBodyBytes, chunk, isLast));
  }

  late(): void {
    if (this.#state === 'reading' && this.#body !== undefined) this.#respond(this.#body.pending.tooSlow());
  }

  answer(body: Buffer): void {
    this.#state = 'running';
    void this.#answer(body);
  }

  #read(request: PendingBody, maxBytes: number, chunk: ArrayBuffer, isLast: boolean): void {
    if (this.#state !== 'reading') return;
    this.#bytes += chunk.byteLength;
    if (this.#bytes > maxBytes) {
      this.#respond(request.tooLarge());
      return;
    }
    // The chunk's memory is taken back when this returns; a body in one piece is read before that.
    if (!isLast) {
      this.#chunks.push(Buffer.from(chunk.slice(0)));
      return;
    }
    const body = this.#chunks.length === 0 ? Buffer.from(chunk) : Buffer.concat([...this.#chunks, Buffer.from(chunk)]);
    this.#chunks = [];
    this.#endReading();
    this.answer(body);
  }

  async #answer(body: Buffer): Promise<void> {
    const answer = await this.#request.answer(body);
    // Aborted: a query or mutation ran, but nobody waits for its answer.
    if (this.#state === 'over') {
      if (answer.type === 'stream') answer.discard();
      return;
    }
    if (answer.type === 'response') this.#respond(answer.response);
    else this.#startStream(answer);
  }

  #respond(response: HttpResponse): void {
    this.#endReading();
    this.#state = 'over';
    this.#chunks = [];
    writeResponse(this.#response, response);
  }

  #startStream({ headers, start }: Extract<Answer, { type: 'stream' }>): void {
    this.#response.cork(() => {
      this.#response.writeStatus('200 OK');
      writeHeaders(this.#response, headers);
      const stream = new UwsEventStream(this.#response, this.#context);
      this.#stream = stream;
      stream.attach(start(stream));
    });
  }

  #endReading(): void {
    this.#body?.deadlines.delete(this);
    this.#body = undefined;
  }

  #aborted(): void {
    this.#state = 'over';
    this.#chunks = [];
    this.#endReading();
    this.#stream?.aborted();
  }
}

/** What stands on the wire behind the first name and its colon, all other headers included. By the list, as most lists are constants. */
const wireTexts = new WeakMap<ResponseHeaders, string>();

/** Writes all headers in one call: each one costs about as much as the rest of a small response. */
function writeHeaders(response: UwsResponse, headers: ResponseHeaders): void {
  const [first, ...others] = headers;
  if (first === undefined) return;
  let text = wireTexts.get(headers);
  if (text === undefined) {
    text = first[1] + others.map(([name, value]) => `\r\n${name}: ${value}`).join('');
    wireTexts.set(headers, text);
  }
  response.writeHeader(first[0], text);
}
