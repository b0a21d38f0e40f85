import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trace } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { readTraceContext } from '../../src/tracing/trace-context.ts';
import { registeredTracing, spanTime } from '../../src/tracing/tracing.ts';

const parent = readTraceContext('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', 'a=1');

test('without an SDK there is no tracing; with one, spans continue the trace that came and end with their failure', () => {
  assert.equal(registeredTracing(), undefined);
  const exporter = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  const tracing = registeredTracing();
  assert.ok(tracing !== undefined);
  const facts = { type: 'mutation', name: 'Order', caller: 'a-1' } as const;
  const outer = tracing.operation(facts, parent, spanTime());
  const inner = tracing.publish({ topic: 'orders.{id}', delivery: 'DURABLE', broker: 'kafka' }, outer.context);
  inner.end('unavailable');
  outer.end();
  const [publish, operation] = exporter.getFinishedSpans();
  assert.ok(publish !== undefined && operation !== undefined);
  assert.equal(operation.spanContext().traceId, '4bf92f3577b34da6a3ce929d0e0e4736');
  assert.equal(operation.parentSpanContext?.spanId, '00f067aa0ba902b7');
  assert.equal(operation.parentSpanContext?.isRemote, true);
  assert.equal(publish.parentSpanContext?.spanId, operation.spanContext().spanId);
  assert.equal(publish.parentSpanContext?.isRemote, false);
  assert.equal(inner.context.traceparent, `00-${publish.spanContext().traceId}-${publish.spanContext().spanId}-01`);
  assert.equal(inner.context.tracestate, 'a=1');
  assert.deepEqual(publish.status, { code: 2, message: 'unavailable' });
  assert.equal(operation.status.code, 0);
  assert.equal(operation.attributes['graphql.operation.name'], 'Order');
  assert.equal(operation.attributes['sluice.connection.id'], 'a-1');
});
