import type { Registry } from 'prom-client';
import type { BrokerMetrics } from './broker-metrics.ts';
import { copiedCounter, copiedGauge } from './copied-metrics.ts';
import type { DocumentReadings, LagReading } from './readings.ts';

/** Where the metrics of clients' requests and of brokers are kept. */
export interface ProcessSource {
  readonly connections: number;
  waitingBytes(): number;
  readonly operations: ReadonlyMap<string, number>;
  readonly refusals: ReadonlyMap<string, number>;
  readonly limits: ReadonlyMap<string, number>;
  readonly dropped: ReadonlyMap<string, number>;
  readonly expired: ReadonlyMap<string, number>;
  /** Undefined until there is a cache. */
  readonly documents: DocumentReadings | undefined;
  readonly brokers: ReadonlyMap<string, BrokerMetrics>;
  lag(): readonly LagReading[];
  /** Seconds that the event loop was late in the mean since the last call. */
  loopLag(): number;
}

export function registerProcess(registry: Registry, source: ProcessSource): void {
  registerRequests(registry, source);
  registerBrokers(registry, source);
  copiedGauge(
    registry,
    {
      name: 'sluice_event_loop_lag_seconds',
      help: 'Mean delay of the event loop since the last scrape; of the slowest worker.',
      aggregator: 'max',
    },
    (give) => give(source.loopLag()),
  );
}

function registerRequests(registry: Registry, source: ProcessSource): void {
  copiedGauge(registry, { name: 'sluice_connections', help: 'WebSockets and event streams open now.' }, (give) =>
    give(source.connections),
  );
  copiedGauge(
    registry,
    { name: 'sluice_waiting_bytes', help: 'Bytes that wait in memory for peers that read slowly.' },
    (give) => give(source.waitingBytes()),
  );
  const perLabel = (name: string, help: string, label: string, counts: () => ReadonlyMap<string, number>): void =>
    copiedCounter(registry, { name, help, labelNames: [label] }, (give) => {
      for (const [value, count] of counts()) give(count, { [label]: value });
    });
  perLabel('sluice_operations_total', 'Operations that were accepted to run.', 'type', () => source.operations);
  perLabel(
    'sluice_operations_refused_total',
    'Operations that were refused before they ran, by the check that refused them.',
    'stage',
    () => source.refusals,
  );
  perLabel('sluice_limits_hit_total', 'Refusals by the setting that is the limit.', 'limit', () => source.limits);
  perLabel(
    'sluice_dropped_total',
    'What was refused or cut because a bound was reached.',
    'reason',
    () => source.dropped,
  );
  perLabel('sluice_cursor_expired_total', 'Subscriptions that could not be resumed.', 'reason', () => source.expired);
  copiedGauge(
    registry,
    { name: 'sluice_document_cache_entries', help: 'Parsed and checked operation texts that are kept.' },
    (give) => give(source.documents?.size ?? 0),
  );
  copiedCounter(
    registry,
    {
      name: 'sluice_document_cache_lookups_total',
      help: 'Operation texts by whether they had been checked before.',
      labelNames: ['result'],
    },
    (give) => {
      give(source.documents?.hits ?? 0, { result: 'hit' });
      give(source.documents?.misses ?? 0, { result: 'miss' });
    },
  );
}

function registerBrokers(registry: Registry, source: ProcessSource): void {
  copiedGauge(
    registry,
    {
      name: 'sluice_broker_up',
      help: '1 while the broker answers and has what Sluice needs, else 0.',
      labelNames: ['broker'],
      aggregator: 'min',
    },
    (give) => {
      for (const counts of source.brokers.values()) give(counts.up ? 1 : 0, { broker: counts.name });
    },
  );
  copiedCounter(
    registry,
    {
      name: 'sluice_broker_reconnects_total',
      help: 'How often the broker came back after it had been lost.',
      labelNames: ['broker'],
    },
    (give) => {
      for (const counts of source.brokers.values()) give(counts.reconnects, { broker: counts.name });
    },
  );
  copiedCounter(
    registry,
    {
      name: 'sluice_broker_bytes_total',
      help: 'Bytes of event values read from (in) and written to (out) a broker.',
      labelNames: ['broker', 'direction'],
    },
    (give) => {
      for (const { name: broker, bytesIn, bytesOut } of source.brokers.values()) {
        give(bytesIn, { broker, direction: 'in' });
        give(bytesOut, { broker, direction: 'out' });
      }
    },
  );
  const lag = (name: string, help: string, read: (reading: LagReading) => number): void =>
    copiedGauge(registry, { name, help, labelNames: ['topic'], aggregator: 'max' }, (give) => {
      for (const reading of source.lag()) give(read(reading), { topic: reading.topic });
    });
  lag('sluice_kafka_lag_records', 'Records in Kafka that the live tails have not read yet.', ({ records }) => records);
  lag(
    'sluice_kafka_held_back_records',
    'Records in Kafka that an open transaction keeps back from everyone.',
    ({ heldBack }) => heldBack,
  );
}
