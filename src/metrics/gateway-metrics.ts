import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { BrokerMetrics } from './broker-metrics.ts';
import { DeliveryMetrics } from './delivery-metrics.ts';
import { PlainHistogram } from './plain-histogram.ts';
import type { DocumentReadings, LagReading, ReplayReadings, TopicReading } from './readings.ts';
import { type FanoutSource, FLUSH_BOUNDS, registerFanout } from './register-fanout.ts';
import { type ProcessSource, registerProcess } from './register-process.ts';
import { TopicMetrics, zeros } from './topic-metrics.ts';

const DROP_REASONS = [
  'slow_connection',
  'frame_refused',
  'publish_queue_full',
  'init_timeout',
  'memory_refused',
  'memory_shed',
  'operation_limit',
  'rate_limit',
  'not_persisted',
  'origin_refused',
  'request_refused',
] as const;

/** P93, as `sluice_cursor_expired_total` names it. */
const EXPIRY_REASONS = ['trimmed', 'recreated', 'truncated', 'invalid'];

/** Why something was refused or cut, as `sluice_dropped_total` names it. */
export type DropReason = (typeof DROP_REASONS)[number];

/** As `sluice_operations_total` names them. */
const OPERATION_TYPES = ['query', 'mutation', 'subscription'];
/** As `sluice_operations_refused_total` names them. */
const REFUSAL_STAGES = ['syntax', 'operation', 'validation', 'variables', 'limit'];

/**
 * Everything that `/metrics` shows (design §8), with a registry of its own: two gateways in one process do not mix.
 * Hot counts are plain numbers that a scrape copies. With several workers a metric is summed over them; one for which a sum means
 * nothing says so by its `aggregator`.
 */
export class GatewayMetrics implements FanoutSource, ProcessSource {
  readonly registry: Registry = new Registry();
  /** WebSockets and event streams open now. */
  connections = 0;
  /** Bytes that wait in memory for slow peers, when a scrape asks. */
  waitingBytes: () => number = () => 0;
  /** What fan-out says of its replays when a scrape asks. */
  replay: ReplayReadings | undefined;
  /** What fan-out has open when a scrape asks. */
  openTopics: () => readonly TopicReading[] = () => [];
  documents: DocumentReadings | undefined;
  /** What Kafka says of its tails when a scrape asks. */
  lag: () => readonly LagReading[] = () => [];
  /** Seconds of each flush. */
  readonly flush: PlainHistogram = new PlainHistogram(FLUSH_BOUNDS);
  readonly topics: Map<string, TopicMetrics> = new Map();
  /** By delivery. */
  readonly deliveries: Map<string, DeliveryMetrics> = new Map();
  readonly brokers: Map<string, BrokerMetrics> = new Map();
  readonly operations: Map<string, number> = zeros(OPERATION_TYPES);
  readonly refusals: Map<string, number> = zeros(REFUSAL_STAGES);
  readonly limits: Map<string, number> = new Map();
  readonly expired: Map<string, number> = zeros(EXPIRY_REASONS);
  readonly dropped: Map<DropReason, number> = zeros(DROP_REASONS);
  readonly #projectionFallbacks: Counter;
  readonly #loopDelay = monitorEventLoopDelay({ resolution: 10 });

  constructor(version: string) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.#loopDelay.enable();
    registerProcess(this.registry, this);
    registerFanout(this.registry, this);
    this.#projectionFallbacks = new Counter({
      name: 'sluice_projection_fallbacks_total',
      help: 'Selections that could not be compiled, and single events of compiled ones that run through graphql-js.',
      registers,
    });
    new Gauge({
      name: 'sluice_build_info',
      help: 'The running version.',
      labelNames: ['version'],
      aggregator: 'first',
      registers,
    }).set({ version }, 1);
  }

  /** The counts of a topic; made on the first call. */
  topic(topic: string, delivery: string): TopicMetrics {
    return known(this.topics, topic, () => {
      const latency = known(this.deliveries, delivery, () => new DeliveryMetrics());
      return new TopicMetrics(topic, delivery, latency);
    });
  }

  /** The counts of a broker; made on the first call. */
  broker(name: string): BrokerMetrics {
    return known(this.brokers, name, () => new BrokerMetrics(name));
  }

  /** Something was refused or cut; `limit` is the setting that it hit, where it is one. */
  countDrop(reason: DropReason, limit?: string): void {
    add(this.dropped, reason);
    if (limit !== undefined) add(this.limits, limit);
  }

  /** An operation is about to run. */
  countOperation(type: string): void {
    add(this.operations, type);
  }

  /** An operation was refused by one of the checks before it runs. */
  countRefusal(stage: string): void {
    add(this.refusals, stage);
  }

  /** P93, by reason. */
  countExpired(reason: string): void {
    add(this.expired, reason);
  }

  countProjectionFallback(): void {
    this.#projectionFallbacks.inc();
  }

  loopLag(): number {
    const { mean } = this.#loopDelay;
    this.#loopDelay.reset();
    return Number.isNaN(mean) ? 0 : Math.max(0, mean / 1e9 - 0.01);
  }

  /** Stops the event-loop probe. */
  close(): void {
    this.#loopDelay.disable();
    this.registry.clear();
  }
}

function known<Value>(values: Map<string, Value>, key: string, make: () => Value): Value {
  let value = values.get(key);
  if (value === undefined) {
    value = make();
    values.set(key, value);
  }
  return value;
}

function add<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
