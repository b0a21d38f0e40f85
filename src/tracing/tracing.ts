import {
  type Attributes,
  type Context,
  createTraceState,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { VERSION } from '../version.ts';
import type { TraceContext } from './trace-context.ts';

/** What a span of an operation says. */
export interface OperationFacts {
  readonly type: 'query' | 'mutation' | 'subscription' | 'unknown';
  readonly name: string | undefined;
  /** The id of the WebSocket, event stream or request, as log lines have it. */
  readonly caller: string | undefined;
}

/** What a span of a publish says. */
export interface PublishFacts {
  /** The topic's name in the schema, with its parameters in braces: few, so that traces can be summed by it. */
  readonly topic: string;
  readonly delivery: string;
  readonly broker: string;
}

/** A span that is open. */
export interface OpenSpan {
  /** For what happens within it. */
  readonly context: TraceContext;
  /** It ends; `failure` names what went wrong, in a word. Call once. */
  end(failure?: string): void;
}

/** Which messaging system stands behind a broker's name, in OpenTelemetry's words. */
const SYSTEMS: Readonly<Record<string, string>> = {
  kafka: 'kafka',
  'redis-pubsub': 'redis',
  'redis-streams': 'redis',
};

/** Spans by OpenTelemetry. Exists only where somebody registered an SDK: nobody else pays for spans that nobody sees. */
export class Tracing {
  readonly #tracer: Tracer;

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  /** One request of a client, from `startedAt` (`spanTime`) on. A subscription's span ends when it is attached: events have none. */
  operation(facts: OperationFacts, parent: TraceContext | undefined, startedAt: number): OpenSpan {
    const attributes: Attributes = { 'graphql.operation.type': facts.type };
    if (facts.name !== undefined) attributes['graphql.operation.name'] = facts.name;
    if (facts.caller !== undefined) attributes['sluice.connection.id'] = facts.caller;
    // The client chooses the name of its operation, so it is no part of the span's (OpenTelemetry's rule for GraphQL).
    const name = facts.type === 'unknown' ? 'GraphQL Operation' : facts.type;
    const options = { kind: SpanKind.SERVER, attributes, startTime: startedAt };
    return open(this.#tracer.startSpan(name, options, contextOf(parent)), parent);
  }

  /** One event on its way to its broker, until the broker has answered. */
  publish({ topic, delivery, broker }: PublishFacts, parent: TraceContext | undefined): OpenSpan {
    const attributes: Attributes = {
      'messaging.system': SYSTEMS[broker] ?? broker,
      'messaging.operation.type': 'send',
      'messaging.destination.name': topic,
      'sluice.delivery': delivery,
    };
    const options = { kind: SpanKind.PRODUCER, attributes, startTime: spanTime() };
    return open(this.#tracer.startSpan(`send ${topic}`, options, contextOf(parent)), parent);
  }
}

/** Spans, if an SDK was registered by now (`node --import`); undefined when there is none. */
export function registeredTracing(): Tracing | undefined {
  const provider = trace.getTracerProvider();
  if (provider instanceof ProxyTracerProvider && provider.getDelegateTracer('sluice', VERSION) === undefined) {
    return undefined;
  }
  return new Tracing(provider.getTracer('sluice', VERSION));
}

/** Now, in milliseconds since the epoch with fractions. */
export function spanTime(): number {
  return performance.timeOrigin + performance.now();
}

function contextOf(parent: TraceContext | undefined): Context {
  if (parent === undefined) return ROOT_CONTEXT;
  const [, traceId = '', spanId = '', flags = ''] = parent.traceparent.split('-');
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: parent.isRemote,
    ...(parent.tracestate === undefined ? {} : { traceState: createTraceState(parent.tracestate) }),
  });
}

function open(span: Span, parent: TraceContext | undefined): OpenSpan {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  const flags = (traceFlags & 0xff).toString(16).padStart(2, '0');
  return {
    context: {
      traceparent: `00-${traceId}-${spanId}-${flags}`,
      tracestate: traceState?.serialize() ?? parent?.tracestate,
      isRemote: false,
    },
    end(failure) {
      if (failure !== undefined) {
        span.setAttribute('error.type', failure);
        span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
      }
      span.end(spanTime());
    },
  };
}
