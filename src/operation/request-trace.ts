import { readTraceContext, type TraceContext } from '../tracing/trace-context.ts';
import type { OperationRequest } from './port.ts';

/** The trace that a request belongs to: that of its own `extensions`, else that of its HTTP head or its connection. */
export function requestTrace({ extensions, trace }: OperationRequest): TraceContext | undefined {
  if (extensions === undefined || !Object.hasOwn(extensions, 'traceparent')) return trace;
  const tracestate = Object.hasOwn(extensions, 'tracestate') ? extensions['tracestate'] : undefined;
  return readTraceContext(extensions['traceparent'], tracestate) ?? trace;
}
