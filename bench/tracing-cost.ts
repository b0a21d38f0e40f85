// What tracing costs a publish: run by `node bench/tracing-cost.ts`. The broker is the memory, so that nothing else is measured.
import { ProxyTracerProvider } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { createMemoryBroker } from '../src/broker/memory/broker.ts';
import { immediateTurns } from '../src/fanout/flush.ts';
import { Hub } from '../src/fanout/hub.ts';
import { silentLogger } from '../src/log/logger.ts';
import { GatewayMetrics } from '../src/metrics/gateway-metrics.ts';
import { UNLIMITED_CALLER } from '../src/operation/callers/callers.ts';
import { DEFAULT_LIMITS } from '../src/operation/limits.ts';
import { createOperations } from '../src/operation/operations.ts';
import type { Operations } from '../src/operation/port.ts';
import { loadSchema } from '../src/schema/load-schema.ts';
import { systemClock } from '../src/time/clock.ts';
import { Tracing } from '../src/tracing/tracing.ts';

const SDL = 'type Chat @topic(name: "chat.{room}", delivery: EPHEMERAL) { id: ID!  room: ID! }';
const QUERY = 'mutation Say($id: ID!) { publishChat(event: { id: $id, room: "a" }) { topic } }';
const PUBLISHES = 20_000;
const ROUNDS = 7;

const gateway = loadSchema({ file: 'schema.graphql', text: SDL });
const metrics = new GatewayMetrics('bench');
const topics = gateway.topics.map((api) => api.topic);
const broker = createMemoryBroker({ clock: systemClock, log: silentLogger, topics, onBytes() {} });
await broker.open();
const bindings = new Map([['EPHEMERAL' as const, broker]]);
const hub = new Hub({ bindings, metrics, clock: systemClock, nextTurn: immediateTurns, log: silentLogger });

function operations(tracing: Tracing | undefined): Operations {
  const options = { gateway, bindings, hub, metrics, clock: systemClock, limits: DEFAULT_LIMITS, log: silentLogger };
  return createOperations({ ...options, tracing });
}

/** Microseconds a publish. */
async function measure(measured: Operations): Promise<number> {
  const start = performance.now();
  for (let number = 0; number < PUBLISHES; number += 1) {
    const variables = { id: String(number) };
    const request = { query: QUERY, operationName: undefined, variables, extensions: undefined };
    const prepared = measured.prepare(request, UNLIMITED_CALLER);
    if (prepared.type !== 'single') throw new Error('The publish was not prepared.');
    await prepared.run();
  }
  return ((performance.now() - start) * 1_000) / PUBLISHES;
}

const ways: readonly (readonly [string, Operations])[] = [
  ['no SDK', operations(undefined)],
  ['no SDK, but spans asked of the API', operations(new Tracing(new ProxyTracerProvider().getTracer('bench')))],
  ['SDK that records', operations(new Tracing(new BasicTracerProvider().getTracer('bench')))],
];
// Round by round, so that all meet the same machine; the first round warms up.
const rounds: number[][] = [];
for (let round = 0; round <= ROUNDS; round += 1) {
  const times: number[] = [];
  for (const [, measured] of ways) times.push(await measure(measured));
  if (round > 0) rounds.push(times);
}
for (const [index, [name]] of ways.entries()) {
  const times = rounds.map((round) => round[index] ?? 0).sort((one, other) => one - other);
  process.stdout.write(
    `${name}: ${times[Math.floor(times.length / 2)]?.toFixed(2)} µs a publish (median of ${ROUNDS})\n`,
  );
}
hub.close();
await broker.close();
metrics.close();
