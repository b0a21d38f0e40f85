import { silentLogger } from '../../../src/log/logger.ts';
import type { DropReason } from '../../../src/metrics/gateway-metrics.ts';
import { UNLIMITED_CALLER } from '../../../src/operation/callers/callers.ts';
import type { Answer } from '../../../src/protocol/http/answer.ts';
import { GraphqlEndpoint, type GraphqlEndpointOptions } from '../../../src/protocol/http/graphql-endpoint.ts';
import type { HttpResponse, ResponseHeaders } from '../../../src/protocol/http/http-message.ts';
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from '../../../src/protocol/http/limits.ts';
import type { EventStream } from '../../../src/protocol/sse/event-stream.ts';
import { DEFAULT_EVENT_STREAM_LIMITS } from '../../../src/protocol/sse/limits.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { ScriptedOperations } from '../scripted-operations.ts';
import { RecordingStreamSocket } from '../sse/recording-stream-socket.ts';

/** A request as a test writes it; what it leaves out is that of a usual POST. */
export interface TestRequest {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** An event stream that was opened, and the response that it writes to. */
export interface OpenedStream {
  readonly headers: ResponseHeaders;
  readonly socket: RecordingStreamSocket;
  readonly stream: EventStream;
}

/** An endpoint over scripted operations whose queries answer at once, and a clock that stands still. */
export class TestEndpoint {
  readonly operations: ScriptedOperations = new ScriptedOperations();
  readonly clock: ManualClock = new ManualClock();
  readonly drops: DropReason[] = [];
  readonly endpoint: GraphqlEndpoint;

  constructor(
    limits: Partial<HttpLimits> = {},
    result = '{"data":{"n":1}}',
    options: Partial<GraphqlEndpointOptions> = {},
  ) {
    this.operations.onRun = (single) => single.resolve(result);
    this.endpoint = new GraphqlEndpoint({
      operations: this.operations,
      limits: { ...DEFAULT_HTTP_LIMITS, ...limits },
      streamLimits: DEFAULT_EVENT_STREAM_LIMITS,
      allowedOrigins: undefined,
      callerOf: () => UNLIMITED_CALLER,
      drops: { countDrop: (reason) => this.drops.push(reason) },
      clock: this.clock,
      log: silentLogger,
      random: () => 0.5,
      ...options,
    });
  }

  /** What the request is answered with. Without a body it is a GET's. */
  async answer(request: TestRequest = {}): Promise<Answer> {
    const body = Buffer.from(request.body ?? '{"query":"query"}');
    const isGet = request.method === 'GET';
    const headers: Readonly<Record<string, string>> = {
      host: 'sluice.example.org',
      ...(isGet ? {} : { 'content-type': 'application/json', 'content-length': String(body.length) }),
      ...request.headers,
    };
    const decision = this.endpoint.head({
      method: request.method ?? 'POST',
      path: request.path ?? '/graphql',
      query: request.query ?? '',
      contentLengths: isGet ? 0 : 1,
      header: (name) => headers[name] ?? '',
      from: { peer: () => '192.0.2.1', forwardedFor: () => [] },
    });
    switch (decision.type) {
      case 'drop':
        throw new Error('the connection was dropped');
      case 'respond':
        return { type: 'response', response: decision.response };
      case 'answer':
        return decision.request.answer(Buffer.alloc(0));
      case 'read':
        return decision.request.answer(body);
      default:
        throw decision satisfies never;
    }
  }

  /** The response of a request that is not answered with a stream. */
  async send(request: TestRequest = {}): Promise<HttpResponse> {
    const answer = await this.answer(request);
    if (answer.type === 'stream') throw new Error('the answer is a stream');
    return answer.response;
  }

  /** The stream of a request that is answered with one. */
  async open(request: TestRequest = {}): Promise<OpenedStream> {
    const answer = await this.answer({ ...request, headers: { accept: 'text/event-stream', ...request.headers } });
    if (answer.type !== 'stream') throw new Error(`no stream: ${JSON.stringify(answer)}`);
    const socket = new RecordingStreamSocket();
    return { headers: answer.headers, socket, stream: answer.start(socket) };
  }
}

/** The value of a header of a response. */
export function headerOf(response: { readonly headers: ResponseHeaders }, name: string): string | undefined {
  return response.headers.find(([header]) => header === name)?.[1];
}

/** The code of the first error in a response. */
export function codeOf(response: HttpResponse): unknown {
  return JSON.parse(response.body).errors?.[0]?.extensions?.code;
}
