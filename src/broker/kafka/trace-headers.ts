import { readTraceparent } from '../../tracing/trace-context.ts';

/** Attributes that also travel under their own names, where OpenTelemetry's Kafka clients look for them. */
export const TRACE_ATTRIBUTES: ReadonlySet<string> = new Set(['traceparent', 'tracestate']);

const CLOUD_EVENTS = Buffer.from('ce_traceparent');
const W3C = Buffer.from('traceparent');

/**
 * The trace in which a record was written: what its event says (CloudEvents), else what its writer's instrumentation says. Undefined when
 * there is none. Headers are name and value, each null where a writer left it out.
 */
export function traceparentOf(headers: readonly (readonly [Buffer | null, Buffer | null])[]): string | undefined {
  let event: Buffer | undefined;
  let hop: Buffer | undefined;
  for (const [name, value] of headers) {
    if (name === null || value === null) continue;
    // The length tells nearly all other headers apart.
    if (name.length === CLOUD_EVENTS.length && name.equals(CLOUD_EVENTS)) event = value;
    else if (name.length === W3C.length && name.equals(W3C)) hop = value;
  }
  return read(event) ?? read(hop);
}

function read(value: Buffer | undefined): string | undefined {
  return value === undefined ? undefined : readTraceparent(value.toString('latin1'));
}
