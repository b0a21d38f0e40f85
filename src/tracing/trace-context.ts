/** Where a trace stands (W3C Trace Context, level 1), as it travels between processes. */
export interface TraceContext {
  /** `00-<trace id>-<span id>-<flags>`, 55 characters of lower-case hexadecimal digits and dashes: safe within any text. */
  readonly traceparent: string;
  /** What tracing systems add, as it came; undefined when there is none. */
  readonly tracestate: string | undefined;
  /** Did it come from another process? */
  readonly isRemote: boolean;
}

/** Characters of a `traceparent` of version 00. */
const LENGTH = 55;
const TRACEPARENT = /^([0-9a-f]{2})-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:$|-)/;
/** W3C Trace Context §3.3.1.1: what has to be passed on. */
const MAX_TRACESTATE = 512;
const TRACESTATE = /^[\u0020-\u007e]+$/;

/**
 * The context that a client or a record brought; undefined when it is none: a trace is never a reason to refuse anything. What a later
 * version of the standard adds behind the fields that are known is cut off, and the version becomes 00 (§3.2.4).
 */
export function readTraceContext(traceparent: unknown, tracestate?: unknown): TraceContext | undefined {
  const text = readTraceparent(traceparent);
  if (text === undefined) return undefined;
  const hasState = typeof tracestate === 'string' && tracestate.length <= MAX_TRACESTATE && TRACESTATE.test(tracestate);
  return { traceparent: text, tracestate: hasState ? tracestate : undefined, isRemote: true };
}

/** The `traceparent` alone, checked in the same way. */
export function readTraceparent(text: unknown): string | undefined {
  // Without the first look a client could have us search in megabytes.
  if (typeof text !== 'string' || text.length < LENGTH || text.length > 4 * LENGTH) return undefined;
  const version = TRACEPARENT.exec(text)?.[1];
  if (version === undefined || version === 'ff') return undefined;
  if (version === '00') return text.length === LENGTH ? text : undefined;
  return `00${text.slice(2, LENGTH)}`;
}

/** The trace id, for log lines. */
export function traceIdOf({ traceparent }: TraceContext): string {
  return traceparent.slice(3, 35);
}
