import type { LogFields } from '../log/logger.ts';
import { type TraceContext, traceIdOf } from '../tracing/trace-context.ts';
import type { Caller } from './port.ts';

/** Where an operation comes from, for whoever looks for it in logs and traces. */
export interface RequestOrigin {
  readonly caller: Caller;
  /** Of the operation. */
  readonly name: string | undefined;
  readonly trace: TraceContext | undefined;
}

export function originFields({ caller, name, trace }: RequestOrigin): LogFields {
  return { connection: caller.id, operation: name, traceId: trace && traceIdOf(trace) };
}
