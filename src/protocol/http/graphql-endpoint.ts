import { JsonSyntaxError } from '../../json/exact-parser.ts';
import { parseJsonBytes } from '../../json/text.ts';
import type { JsonValue } from '../../json/value.ts';
import type { Logger } from '../../log/logger.ts';
import type { OperationRequest, Operations } from '../../operation/port.ts';
import { maskUnexpected } from '../../operation/unexpected.ts';
import type { DropCounter } from '../drop-counter.ts';
import { isJsonObject, readRequest } from '../request-shape.ts';
import { chooseResponseType, type ResponseType } from './accept.ts';
import type { HttpResponse, RequestHead } from './http-message.ts';
import { isJsonContentType } from './media-type.ts';
import { refusedResponse } from './refused-operation.ts';
import { errorsResponse, refusal, resultResponse } from './responses.ts';

export const GRAPHQL_PATH = '/graphql';

/** Bounds on one HTTP request. */
export interface HttpLimits {
  /** P67: bytes of a request body. Default 4 MiB; over it 413, before more is buffered. */
  readonly maxBodyBytes: number;
  /** P67: bytes of path and query. Default 2,048; over it 414. uWebSockets.js refuses heads over 4 kB itself. */
  readonly maxUrlBytes: number;
  /** A35: milliseconds from the head of a request to the end of its body. Default 30,000; then 408. */
  readonly bodyTimeoutMs: number;
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = { maxBodyBytes: 4_194_304, maxUrlBytes: 2_048, bodyTimeoutMs: 30_000 };

/** What to do with a request whose head has arrived. */
export type HeadDecision =
  /** Drop the connection without a word: where the request ends is in doubt, and what follows it may be forged (A12). */
  | { readonly type: 'drop' }
  | { readonly type: 'respond'; readonly response: HttpResponse }
  /** Read the body, at most `maxBodyBytes`, then call `answer` once; it never rejects. */
  | { readonly type: 'read'; answer(body: Buffer): Promise<HttpResponse> };

export interface GraphqlEndpointOptions {
  readonly operations: Operations;
  readonly limits: HttpLimits;
  readonly drops: DropCounter;
  readonly log: Logger;
}

/**
 * GraphQL over HTTP for queries and mutations by POST (P60 to P69), without a socket. A request is refused by its head where that
 * is possible, before its body is read. No CORS headers are sent: pages of other origins cannot read an answer (A5). A page cannot
 * make a browser send `application/json` to another site without asking first, and that question is answered with 405, so every
 * request that passes P65 also passes P68.
 */
export class GraphqlEndpoint {
  readonly limits: HttpLimits;
  readonly #options: GraphqlEndpointOptions;
  #draining = false;
  #inFlight = 0;

  constructor(options: GraphqlEndpointOptions) {
    this.#options = options;
    this.limits = options.limits;
  }

  /** Requests whose operation runs. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** From now on requests are refused with 503; those that run are answered. */
  drain(): void {
    this.#draining = true;
  }

  /** Decides by the head. Nothing of the head is read after this returns. */
  head(head: RequestHead): HeadDecision {
    if (head.contentLengths > 1) {
      this.#options.drops.countDrop('request_refused');
      return { type: 'drop' };
    }
    const response = this.#refusalByHead(head);
    if (response !== undefined) {
      this.#options.drops.countDrop('request_refused');
      return { type: 'respond', response };
    }
    const type = chooseResponseType(head.header('accept'));
    if (type === undefined) return { type: 'respond', response: this.#notAcceptable() };
    return { type: 'read', answer: (body) => this.#answer(body, type) };
  }

  /** P67: the response when a body turns out to be over the limit while it arrives. */
  bodyTooLarge(): HttpResponse {
    this.#options.drops.countDrop('request_refused');
    return tooLarge(this.limits);
  }

  /** A35: the response when a body does not arrive in time. */
  bodyTooSlow(): HttpResponse {
    this.#options.drops.countDrop('request_refused');
    const seconds = this.limits.bodyTimeoutMs / 1000;
    return refusal(408, 'LIMIT_EXCEEDED', `The request body did not arrive within ${seconds} s.`, {
      facts: { limit: 'bodyTimeoutMs' },
      closeConnection: true,
    });
  }

  #notAcceptable(): HttpResponse {
    this.#options.drops.countDrop('request_refused');
    return refusal(
      406,
      'BAD_USER_INPUT',
      'Accept application/json or application/graphql-response+json; subscriptions come over a WebSocket (graphql-transport-ws).',
    );
  }

  #refusalByHead(head: RequestHead): HttpResponse | undefined {
    const { limits } = this;
    const urlBytes = Buffer.byteLength(head.path) + Buffer.byteLength(head.query);
    if (urlBytes > limits.maxUrlBytes) {
      return refusal(414, 'LIMIT_EXCEEDED', `The URL must be at most ${limits.maxUrlBytes} bytes.`, {
        facts: { limit: 'maxUrlBytes' },
        closeConnection: true,
      });
    }
    if (head.path !== GRAPHQL_PATH) {
      return refusal(404, 'BAD_USER_INPUT', `There is nothing here. GraphQL is at ${GRAPHQL_PATH}.`);
    }
    if (head.method !== 'POST') {
      const message = `Use POST for queries and mutations, and a WebSocket (graphql-transport-ws) for subscriptions.`;
      return refusal(405, 'BAD_USER_INPUT', message, { headers: [['allow', 'POST']] });
    }
    if (this.#draining) {
      return refusal(503, 'BROKER_UNAVAILABLE', 'The server is shutting down; nothing was executed. Try again.', {
        headers: [['retry-after', '1']],
        closeConnection: true,
      });
    }
    const encoding = head.header('content-encoding').trim().toLowerCase();
    if (encoding !== '' && encoding !== 'identity') {
      return unsupported('Send the request body without a Content-Encoding.');
    }
    if (!isJsonContentType(head.header('content-type'))) {
      return unsupported('Send the request body as Content-Type: application/json (UTF-8).');
    }
    if (Number(head.header('content-length')) > limits.maxBodyBytes) return tooLarge(limits);
    return undefined;
  }

  async #answer(body: Buffer, type: ResponseType): Promise<HttpResponse> {
    this.#inFlight += 1;
    try {
      const request = readBody(body);
      if (typeof request !== 'string') return await this.#execute(request, type);
      this.#options.drops.countDrop('request_refused');
      return refusal(400, 'BAD_USER_INPUT', request, { type });
    } catch (error) {
      return errorsResponse(500, type, [maskUnexpected(error, this.#options.log)]);
    } finally {
      this.#inFlight -= 1;
    }
  }

  async #execute(request: OperationRequest, type: ResponseType): Promise<HttpResponse> {
    const prepared = this.#options.operations.prepare(request);
    switch (prepared.type) {
      case 'refused':
        return refusedResponse(prepared, type);
      case 'single':
        return resultResponse(200, type, await prepared.run());
      case 'subscription':
        return refusal(406, 'BAD_USER_INPUT', 'Subscribe over a WebSocket (graphql-transport-ws) on this same path.');
      default:
        throw prepared satisfies never;
    }
  }
}

/** P64, P67: the request in a body, or what is wrong with it. */
function readBody(body: Buffer): OperationRequest | string {
  let value: JsonValue;
  try {
    value = parseJsonBytes(body);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return `The request body is not valid JSON: ${error.message}.`;
  }
  if (Array.isArray(value)) return 'The request body is an array: batches are not supported, send one request each.';
  if (!isJsonObject(value)) return 'The request body must be a JSON object.';
  const request = readRequest(value);
  return typeof request === 'string' ? `In the request body, ${request}.` : request;
}

function tooLarge(limits: HttpLimits): HttpResponse {
  return refusal(413, 'LIMIT_EXCEEDED', `The request body must be at most ${limits.maxBodyBytes} bytes.`, {
    facts: { limit: 'maxBodyBytes' },
    closeConnection: true,
  });
}

function unsupported(message: string): HttpResponse {
  return refusal(415, 'BAD_USER_INPUT', message);
}
