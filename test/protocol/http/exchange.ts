import { silentLogger } from '../../../src/log/logger.ts';
import type { DropReason } from '../../../src/metrics/gateway-metrics.ts';
import { DEFAULT_HTTP_LIMITS, GraphqlEndpoint, type HttpLimits } from '../../../src/protocol/http/graphql-endpoint.ts';
import type { HttpResponse } from '../../../src/protocol/http/http-message.ts';
import { ScriptedOperations } from '../scripted-operations.ts';

/** A request as a test writes it; what it leaves out is that of a usual POST. */
export interface TestRequest {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** An endpoint over scripted operations whose queries answer at once. */
export class TestEndpoint {
  readonly operations: ScriptedOperations = new ScriptedOperations();
  readonly drops: DropReason[] = [];
  readonly endpoint: GraphqlEndpoint;

  constructor(limits: Partial<HttpLimits> = {}, result = '{"data":{"n":1}}') {
    this.operations.onRun = (single) => single.resolve(result);
    this.endpoint = new GraphqlEndpoint({
      operations: this.operations,
      limits: { ...DEFAULT_HTTP_LIMITS, ...limits },
      drops: { countDrop: (reason) => this.drops.push(reason) },
      log: silentLogger,
    });
  }

  async send(request: TestRequest = {}): Promise<HttpResponse> {
    const body = Buffer.from(request.body ?? '{"query":"query"}');
    const headers: Readonly<Record<string, string>> = {
      'content-type': 'application/json',
      'content-length': String(body.length),
      ...request.headers,
    };
    const decision = this.endpoint.head({
      method: request.method ?? 'POST',
      path: request.path ?? '/graphql',
      query: request.query ?? '',
      contentLengths: 1,
      header: (name) => headers[name] ?? '',
    });
    if (decision.type === 'drop') throw new Error('the connection was dropped');
    return decision.type === 'respond' ? decision.response : decision.answer(body);
  }
}

/** The value of a header of a response. */
export function headerOf(response: HttpResponse, name: string): string | undefined {
  return response.headers.find(([header]) => header === name)?.[1];
}

/** The code of the first error in a response. */
export function codeOf(response: HttpResponse): unknown {
  return JSON.parse(response.body).errors?.[0]?.extensions?.code;
}
