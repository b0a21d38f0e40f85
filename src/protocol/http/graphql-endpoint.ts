import type { Logger } from '../../log/logger.ts';
import type { ConnectionReading } from '../../metrics/readings.ts';
import { type ClientCaller, UNLIMITED_CALLER } from '../../operation/callers/callers.ts';
import type { OperationRequest, Operations, SubscriptionOperation } from '../../operation/port.ts';
import { refused } from '../../operation/refusal.ts';
import { maskUnexpected } from '../../operation/unexpected.ts';
import type { Clock } from '../../time/clock.ts';
import { readTraceContext, type TraceContext } from '../../tracing/trace-context.ts';
import type { DropCounter } from '../drop-counter.ts';
import type { DeveloperPage } from '../graphiql/site.ts';
import type { Leaver } from '../leaver.ts';
import type { MemoryGate } from '../memory-gate.ts';
import type { StreamedOperation } from '../sse/event-stream.ts';
import { EventStreams } from '../sse/event-streams.ts';
import type { EventStreamLimits } from '../sse/limits.ts';
import { type Acceptance, readAccept } from './accept.ts';
import type { Answer, HeadDecision, PendingBody } from './answer.ts';
import type { AddressSource } from './client-address.ts';
import { corsHeaders, preflightResponse } from './cors.ts';
import { mayBeForged } from './cross-site.ts';
import { readQuery } from './get-request.ts';
import type { HttpResponse, RequestHead, ResponseHeaders } from './http-message.ts';
import type { HttpLimits } from './limits.ts';
import { isJsonContentType } from './media-type.ts';
import { readBody } from './post-request.ts';
import {
  bodyTooLarge,
  bodyTooSlow,
  memoryShort,
  methodNotAllowed,
  notAcceptable,
  possiblyForged,
  shuttingDown,
  streamNotAccepted,
  unsupportedBody,
  urlTooLong,
} from './refusals.ts';
import { isToldInStream, refusedResponse } from './refused-operation.ts';
import { EVENT_STREAM_HEADERS, errorsResponse, refusal, resultResponse, withHeaders } from './responses.ts';

export const GRAPHQL_PATH = '/graphql';

export interface GraphqlEndpointOptions {
  readonly operations: Operations;
  readonly limits: HttpLimits;
  readonly streamLimits: EventStreamLimits;
  /** A1, A5, P68: see `isOriginAllowed`. */
  readonly allowedOrigins: readonly string[] | undefined;
  /** A9, A20, A22: who sends a request. */
  readonly callerOf: (source: AddressSource) => ClientCaller;
  readonly memory?: MemoryGate;
  readonly drops: DropCounter;
  readonly clock: Clock;
  readonly log: Logger;
  /** Answers what belongs to GraphiQL, before all else. Default: there is none. */
  readonly developerPage?: DeveloperPage | undefined;
  /** From 0 up to 1, for jitter. */
  readonly random: () => number;
}

/** P67: the setting behind a status. */
const LIMIT_BEHIND: Readonly<Record<number, string>> = { 413: 'maxBodyBytes', 414: 'maxUrlBytes' };

/** What of a head is needed once its request is answered. */
interface Head {
  readonly method: 'GET' | 'POST';
  /** Of a GET. */
  readonly query: string;
  readonly accept: Acceptance;
  /** P43; empty when it is absent. */
  readonly lastEventId: string;
  readonly cors: ResponseHeaders;
  readonly caller: ClientCaller;
  readonly trace: TraceContext | undefined;
}

/**
 * GraphQL over HTTP by POST and GET (P60 to P71), and over event streams (P40 to P50), without a socket. A request is refused by its
 * head where that is possible, before its body is read. Pages of other origins can read an answer only when their origin is
 * allowed (A5).
 */
export class GraphqlEndpoint {
  readonly limits: HttpLimits;
  readonly #options: GraphqlEndpointOptions;
  readonly #streams: EventStreams;
  #draining = false;
  #running = 0;

  constructor(options: GraphqlEndpointOptions) {
    this.#options = options;
    this.limits = options.limits;
    const { streamLimits: limits, drops, log, random, clock } = options;
    this.#streams = new EventStreams({ limits, drops, log, random }, clock);
  }

  /** Requests that are being answered, event streams included. */
  get inFlight(): number {
    return this.#running + this.#streams.open;
  }

  get openStreams(): number {
    return this.#streams.open;
  }

  /** At most `limit` event streams: those for which most bytes wait, then the oldest. */
  slowestStreams(limit: number): readonly ConnectionReading[] {
    return this.#streams.slowest(limit);
  }

  /**
   * From now on requests are refused with 503; those that run are answered. Event streams go on until they are drained: the caller
   * gives each its turn (P50).
   */
  drain(): readonly Leaver[] {
    this.#draining = true;
    return this.#streams.all();
  }

  /** Decides by the head. Nothing of the head is read after this returns. */
  head(head: RequestHead): HeadDecision {
    if (head.contentLengths > 1) {
      this.#options.drops.countDrop('request_refused');
      return { type: 'drop' };
    }
    const { allowedOrigins, developerPage } = this.#options;
    const page = developerPage?.(head);
    if (page !== undefined) return { type: 'respond', response: page };
    const cors = corsHeaders(head, allowedOrigins);
    const preflight = head.path === GRAPHQL_PATH ? preflightResponse(head, cors) : undefined;
    if (preflight !== undefined) return { type: 'respond', response: withHeaders(preflight, cors) };
    const accept = readAccept(head.header('accept'));
    const response = this.#refusalByHead(head, accept);
    if (response !== undefined) {
      this.#options.drops.countDrop('request_refused', LIMIT_BEHIND[response.status]);
      return { type: 'respond', response: withHeaders(response, cors) };
    }
    if (this.#draining) return this.#turnAway(head, accept, cors);
    const method = head.method === 'GET' ? 'GET' : 'POST';
    const lastEventId = accept.eventStream === 'refused' ? '' : head.header('last-event-id');
    const caller = this.#options.callerOf(head.from);
    const trace = readTraceContext(head.header('traceparent'), head.header('tracestate'));
    const request = this.#pending({ method, query: head.query, accept, lastEventId, cors, caller, trace });
    return method === 'GET' ? { type: 'answer', request } : { type: 'read', request };
  }

  #refusalByHead(head: RequestHead, accept: Acceptance): HttpResponse | undefined {
    const { limits } = this;
    const { method } = head;
    if (Buffer.byteLength(head.path) + Buffer.byteLength(head.query) > limits.maxUrlBytes) return urlTooLong(limits);
    if (head.path !== GRAPHQL_PATH) {
      return refusal(404, 'BAD_USER_INPUT', `There is nothing here. GraphQL is at ${GRAPHQL_PATH}.`);
    }
    if (method !== 'POST' && method !== 'GET') return methodNotAllowed('GET, POST');
    const above = this.#options.memory?.refusal();
    if (above !== undefined) return memoryShort(above);
    const contentType = head.header('content-type');
    const isJson = isJsonContentType(contentType);
    if (method === 'POST') {
      const encoding = head.header('content-encoding').trim().toLowerCase();
      if (encoding !== '' && encoding !== 'identity') {
        return unsupportedBody('Send the request body without a Content-Encoding.');
      }
      if (!isJson) return unsupportedBody('Send the request body as Content-Type: application/json (UTF-8).');
      if (Number(head.header('content-length')) > limits.maxBodyBytes) return bodyTooLarge(limits);
    } else if (contentType !== '' && !isJson) {
      return unsupportedBody('Send a GET without a Content-Type, or as application/json (UTF-8).');
    }
    if (mayBeForged(head, this.#options.allowedOrigins)) return possiblyForged();
    return accept.responseType === undefined && accept.eventStream === 'refused' ? notAcceptable() : undefined;
  }

  /** P34, P50: 503; but an EventSource would give up at that (P47), so it is asked to come back. */
  #turnAway({ method }: RequestHead, { eventStream }: Acceptance, cors: ResponseHeaders): HeadDecision {
    if (method !== 'GET' || eventStream !== 'preferred') {
      this.#options.drops.countDrop('request_refused');
      return { type: 'respond', response: withHeaders(shuttingDown(), cors) };
    }
    const answer = this.#stream({ type: 'draining' }, { cors, caller: UNLIMITED_CALLER });
    return { type: 'answer', request: { answer: () => Promise.resolve(answer) } };
  }

  #pending(head: Head): PendingBody {
    const counted = (response: HttpResponse): HttpResponse => {
      this.#options.drops.countDrop('request_refused', LIMIT_BEHIND[response.status]);
      return withHeaders(response, head.cors);
    };
    return {
      answer: (body) => this.#answer(body, head),
      tooLarge: () => counted(bodyTooLarge(this.limits)),
      tooSlow: () => counted(bodyTooSlow(this.limits)),
    };
  }

  async #answer(body: Buffer, head: Head): Promise<Answer> {
    this.#running += 1;
    try {
      const request = head.method === 'GET' ? readQuery(head.query) : readBody(body);
      const answer = typeof request === 'string' ? this.#malformed(request, head) : await this.#execute(request, head);
      if (answer.type === 'stream' || head.cors.length === 0) return answer;
      return respond(withHeaders(answer.response, head.cors));
    } catch (error) {
      const { accept, cors } = head;
      const type = accept.responseType ?? 'application/json';
      return respond(withHeaders(errorsResponse(500, type, [maskUnexpected(error, this.#options.log)]), cors));
    } finally {
      this.#running -= 1;
    }
  }

  #malformed(reason: string, { accept }: Head): Answer {
    this.#options.drops.countDrop('request_refused');
    const { responseType } = accept;
    return respond(refusal(400, 'BAD_USER_INPUT', reason, responseType === undefined ? {} : { type: responseType }));
  }

  async #execute(request: OperationRequest, head: Head): Promise<Answer> {
    const { method, accept, lastEventId, caller, trace } = head;
    const own = trace === undefined ? request : { ...request, trace };
    const asked = lastEventId === '' ? own : resumed(own, lastEventId);
    const prepared = this.#options.operations.prepare(asked, caller);
    switch (prepared.type) {
      case 'refused':
        if (accept.eventStream === 'preferred' && isToldInStream(prepared)) return this.#stream(prepared, head);
        return respond(refusedResponse(prepared, accept));
      case 'single':
        if (method === 'GET' && prepared.operation === 'mutation') return respond(methodNotAllowed('POST'));
        if (accept.responseType === undefined || accept.eventStream === 'preferred') {
          return this.#stream(prepared, head);
        }
        return respond(resultResponse(200, accept.responseType, await prepared.run()));
      case 'subscription':
        if (accept.eventStream === 'refused') return respond(streamNotAccepted());
        // The body arrived after the drain had begun.
        if (this.#draining) return respond(shuttingDown());
        return this.#subscribe(prepared, head);
      default:
        throw prepared satisfies never;
    }
  }

  /** A20: a stream of events counts among the connections of its address. */
  #subscribe(operation: SubscriptionOperation, head: Head): Answer {
    const { caller, accept } = head;
    const excess = caller.open();
    if (excess !== undefined) return respond(refusedResponse(refused('limit', [excess.toWire()]), accept));
    return this.#stream(operation, head);
  }

  #stream(operation: StreamedOperation, { cors, caller }: Pick<Head, 'cors' | 'caller'>): Answer {
    return {
      type: 'stream',
      headers: cors.length === 0 ? EVENT_STREAM_HEADERS : [...EVENT_STREAM_HEADERS, ...cors],
      start: (socket) => this.#streams.start(socket, operation, caller),
      discard: () => caller.close(),
    };
  }
}

function respond(response: HttpResponse): Answer {
  return { type: 'response', response };
}

/** P43, P91: the header wins, as an EventSource repeats its first URL whatever it has read since. */
function resumed(request: OperationRequest, lastEventId: string): OperationRequest {
  return { ...request, extensions: { ...request.extensions, cursor: lastEventId } };
}
