import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type Aggregator, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { BrokerMetrics } from './broker-metrics.ts';
import { TopicMetrics } from './topic-metrics.ts';

/** Why something was refused or cut, as `sluice_dropped_total` names it. */
export type DropReason =
  | 'slow_connection'
  | 'frame_refused'
  | 'publish_queue_full'
  | 'init_timeout'
  | 'memory_refused'
  | 'memory_shed'
  | 'operation_limit'
  | 'rate_limit'
  | 'not_persisted'
  | 'origin_refused'
  | 'request_refused';

/** Readings of the moment. */
export interface ReplayReadings {
  /** Reads of history under way. */
  readers(): number;
  /** Readers that wait for a place. */
  waiting(): number;
  ringBytes(): number;
  /** How old the event is at which the furthest-behind reader stands. */
  lagSeconds(): number;
}

/**
 * Everything that `/metrics` shows (design §8), with a registry of its own: two gateways in one process do not mix.
 * Hot counts are plain numbers that a scrape copies. With several workers a metric is summed over them; one for which a sum means
 * nothing says so by its `aggregator`.
 */
export class GatewayMetrics {
  readonly registry: Registry = new Registry();
  /** WebSockets and event streams open now. */
  connections = 0;
  /** Bytes that wait in memory for slow peers, when a scrape asks. */
  waitingBytes: () => number = () => 0;
  /** What fan-out says of its replays when a scrape asks. */
  replay: ReplayReadings | undefined;
  readonly publishDuration: Histogram<'delivery'>;
  readonly fanoutDuration: Histogram;
  readonly #topics = new Map<string, TopicMetrics>();
  readonly #brokers = new Map<string, BrokerMetrics>();
  readonly #expired = new Map<string, number>();
  readonly #dropped = new Map<DropReason, number>();
  readonly #projectionFallbacks: Counter;
  readonly #loopDelay = monitorEventLoopDelay({ resolution: 10 });

  constructor(version: string) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.#loopDelay.enable();
    this.#registerCopies(registers);
    this.publishDuration = new Histogram({
      name: 'sluice_publish_duration_seconds',
      help: 'From the validated event to the answer of its broker.',
      labelNames: ['delivery'],
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 10],
      registers,
    });
    this.fanoutDuration = new Histogram({
      name: 'sluice_fanout_duration_seconds',
      help: 'One flush: handing the payloads of one event-loop turn to their sockets.',
      buckets: [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1],
      registers,
    });
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
    let counts = this.#topics.get(topic);
    if (counts === undefined) {
      counts = new TopicMetrics(topic, delivery);
      this.#topics.set(topic, counts);
    }
    return counts;
  }

  countDrop(reason: DropReason, count = 1): void {
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + count);
  }

  /** P93, by reason. */
  countExpired(reason: string): void {
    this.#expired.set(reason, (this.#expired.get(reason) ?? 0) + 1);
  }

  countProjectionFallback(): void {
    this.#projectionFallbacks.inc();
  }

  /** The counts of a broker; made on the first call. */
  broker(name: string): BrokerMetrics {
    let counts = this.#brokers.get(name);
    if (counts === undefined) {
      counts = new BrokerMetrics(name);
      this.#brokers.set(name, counts);
    }
    return counts;
  }

  /** Stops the event-loop probe. */
  close(): void {
    this.#loopDelay.disable();
    this.registry.clear();
  }

  #registerCopies(registers: Registry[]): void {
    const topics = this.#topics;
    const labelNames = ['topic', 'delivery'];
    const perTopic = (name: string, help: string, read: (counts: TopicMetrics) => number): void => {
      new Counter({
        name,
        help,
        labelNames,
        registers,
        collect() {
          this.reset();
          for (const counts of topics.values()) {
            this.inc({ topic: counts.topic, delivery: counts.delivery }, read(counts));
          }
        },
      });
    };
    perTopic('sluice_events_total', 'Records read from brokers.', (counts) => counts.events);
    perTopic('sluice_deliveries_total', 'Results handed to subscribers.', (counts) => counts.deliveries);
    perTopic('sluice_events_decoded_total', 'Records of live tails that somebody wanted.', (counts) => counts.decoded);
    perTopic('sluice_events_invalid_total', 'Records that did not fit their type.', (counts) => counts.invalidEvents);
    perTopic('sluice_tombstones_total', 'Kafka tombstones skipped.', (counts) => counts.tombstones);
    new Gauge({
      name: 'sluice_subscriptions',
      help: 'Subscriptions open now.',
      labelNames,
      registers,
      collect() {
        this.reset();
        for (const counts of topics.values()) {
          this.set({ topic: counts.topic, delivery: counts.delivery }, counts.subscriptions);
        }
      },
    });
    const perReason = (
      name: string,
      help: string,
      label: string,
      read: (counts: TopicMetrics) => ReadonlyMap<string, number>,
    ): void => {
      new Counter({
        name,
        help,
        labelNames: ['topic', label],
        registers,
        collect() {
          this.reset();
          for (const counts of topics.values()) {
            for (const [value, count] of read(counts)) this.inc({ topic: counts.topic, [label]: value }, count);
          }
        },
      });
    };
    perReason('sluice_gaps_total', 'Losses that Sluice saw and flagged.', 'reason', (counts) => counts.gaps);
    perReason('sluice_publishes_total', 'Publishes by their answer.', 'outcome', (counts) => counts.publishes);
    const dropped = this.#dropped;
    new Counter({
      name: 'sluice_dropped_total',
      help: 'What was refused or cut because a bound was reached.',
      labelNames: ['reason'],
      registers,
      collect() {
        this.reset();
        for (const [reason, count] of dropped) this.inc({ reason }, count);
      },
    });
    const brokers = this.#brokers;
    new Gauge({
      name: 'sluice_broker_up',
      help: '1 while the broker answers and has what Sluice needs, else 0.',
      aggregator: 'min',
      labelNames: ['broker'],
      registers,
      collect() {
        for (const counts of brokers.values()) this.set({ broker: counts.name }, counts.up ? 1 : 0);
      },
    });
    new Counter({
      name: 'sluice_broker_bytes_total',
      help: 'Bytes of event values read from (in) and written to (out) a broker.',
      labelNames: ['broker', 'direction'],
      registers,
      collect() {
        this.reset();
        for (const counts of brokers.values()) {
          this.inc({ broker: counts.name, direction: 'in' }, counts.bytesIn);
          this.inc({ broker: counts.name, direction: 'out' }, counts.bytesOut);
        }
      },
    });
    const expired = this.#expired;
    new Counter({
      name: 'sluice_cursor_expired_total',
      help: 'Subscriptions that could not be resumed.',
      labelNames: ['reason'],
      registers,
      collect() {
        this.reset();
        for (const [reason, count] of expired) this.inc({ reason }, count);
      },
    });
    const reading = (
      name: string,
      help: string,
      read: (replay: ReplayReadings) => number,
      aggregator: Aggregator = 'sum',
    ): void => {
      const replay = (): ReplayReadings | undefined => this.replay;
      new Gauge({
        name,
        help,
        aggregator,
        registers,
        collect() {
          const readings = replay();
          this.set(readings === undefined ? 0 : read(readings));
        },
      });
    };
    reading('sluice_replay_readers', 'Reads of history under way.', (replay) => replay.readers());
    reading('sluice_replay_readers_waiting', 'Readers that wait for a place.', (replay) => replay.waiting());
    reading('sluice_replay_ring_bytes', 'Bytes of recent events held for hand-over.', (replay) => replay.ringBytes());
    reading(
      'sluice_replay_lag_seconds',
      'Age of the event at which the furthest-behind reader stands.',
      (replay) => replay.lagSeconds(),
      'max',
    );
    const connections = (): number => this.connections;
    new Gauge({
      name: 'sluice_connections',
      help: 'WebSockets and event streams open now.',
      registers,
      collect() {
        this.set(connections());
      },
    });
    const waitingBytes = (): number => this.waitingBytes();
    new Gauge({
      name: 'sluice_waiting_bytes',
      help: 'Bytes that wait in memory for peers that read slowly.',
      registers,
      collect() {
        this.set(waitingBytes());
      },
    });
    const delay = this.#loopDelay;
    new Gauge({
      name: 'sluice_event_loop_lag_seconds',
      help: 'Mean delay of the event loop since the last scrape; of the slowest worker.',
      aggregator: 'max',
      registers,
      collect() {
        this.set(Number.isNaN(delay.mean) ? 0 : Math.max(0, delay.mean / 1e9 - 0.01));
        delay.reset();
      },
    });
  }
}
