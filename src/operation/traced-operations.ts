import { type OperationFacts, spanTime, type Tracing } from '../tracing/tracing.ts';
import type { Caller, OperationRequest, Operations, PreparedOperation } from './port.ts';
import { requestTrace } from './request-trace.ts';

/**
 * The same operations with a span each: of a query or mutation until its result, of a subscription until it is attached. One that is
 * prepared and never run has none.
 */
export function tracedOperations(operations: Operations, tracing: Tracing): Operations {
  return {
    prepare(request, caller) {
      const startedAt = spanTime();
      return traced(operations.prepare(request, caller), request, caller, tracing, startedAt);
    },
  };
}

function traced(
  prepared: PreparedOperation,
  request: OperationRequest,
  caller: Caller,
  tracing: Tracing,
  startedAt: number,
): PreparedOperation {
  const begin = (type: OperationFacts['type'], name: string | undefined): ReturnType<Tracing['operation']> =>
    tracing.operation({ type, name, caller: caller.id }, requestTrace(request), startedAt);
  switch (prepared.type) {
    case 'refused':
      begin('unknown', request.operationName).end(String(prepared.errors[0]?.extensions['code'] ?? 'refused'));
      return prepared;
    case 'single':
      return {
        ...prepared,
        async run() {
          const span = begin(prepared.operation, prepared.name);
          let failure: string | undefined;
          const text = await prepared.run({
            trace: span.context,
            failed: (codes) => {
              failure = codes[0] ?? 'error';
            },
          });
          span.end(failure);
          return text;
        },
      };
    case 'subscription':
      return {
        ...prepared,
        subscribe(sink) {
          const span = begin('subscription', prepared.name);
          try {
            const attachment = prepared.subscribe(sink);
            span.end();
            return attachment;
          } catch (error) {
            span.end('INTERNAL_SERVER_ERROR');
            throw error;
          }
        },
      };
    default:
      throw prepared satisfies never;
  }
}
