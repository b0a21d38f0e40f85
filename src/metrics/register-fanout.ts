import type { Registry } from 'prom-client';
import { copiedCounter, copiedGauge, copiedHistogram, type Labels } from './copied-metrics.ts';
import {
  BATCH_BOUNDS,
  type DeliveryMetrics,
  END_TO_END_BOUNDS,
  FANOUT_BOUNDS,
  PUBLISH_BOUNDS,
} from './delivery-metrics.ts';
import type { PlainHistogram } from './plain-histogram.ts';
import type { ReplayReadings, TopicReading } from './readings.ts';
import type { TopicMetrics } from './topic-metrics.ts';

/** Where the metrics of topics, of their fan-out and of replays are kept. */
export interface FanoutSource {
  readonly topics: ReadonlyMap<string, TopicMetrics>;
  readonly deliveries: ReadonlyMap<string, DeliveryMetrics>;
  readonly flush: PlainHistogram;
  /** Undefined until there is a hub. */
  readonly replay: ReplayReadings | undefined;
  openTopics(): readonly TopicReading[];
}

/** Seconds. */
export const FLUSH_BOUNDS: readonly number[] = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1,
];

export function registerFanout(registry: Registry, source: FanoutSource): void {
  registerTopics(registry, source);
  registerDurations(registry, source);
  registerReplay(registry, source);
}

function registerTopics(registry: Registry, source: FanoutSource): void {
  const labelNames = ['topic', 'delivery'];
  const perTopic = (name: string, help: string, read: (counts: TopicMetrics) => number): void =>
    copiedCounter(registry, { name, help, labelNames }, (give) => {
      for (const counts of source.topics.values()) give(read(counts), labelsOf(counts));
    });
  perTopic('sluice_events_total', 'Records read from brokers.', (counts) => counts.events);
  perTopic('sluice_deliveries_total', 'Results handed to subscribers.', (counts) => counts.deliveries);
  perTopic(
    'sluice_delivered_bytes_total',
    'Bytes of the results handed to subscribers.',
    (counts) => counts.deliveredBytes,
  );
  perTopic('sluice_events_decoded_total', 'Records of live tails that somebody wanted.', (counts) => counts.decoded);
  perTopic('sluice_events_invalid_total', 'Records that did not fit their type.', (counts) => counts.invalidEvents);
  perTopic('sluice_tombstones_total', 'Kafka tombstones skipped.', (counts) => counts.tombstones);
  copiedGauge(registry, { name: 'sluice_subscriptions', help: 'Subscriptions open now.', labelNames }, (give) => {
    for (const counts of source.topics.values()) give(counts.subscriptions, labelsOf(counts));
  });
  const open = (name: string, help: string, read: (reading: TopicReading) => number): void =>
    copiedGauge(registry, { name, help, labelNames }, (give) => {
      for (const reading of source.openTopics()) give(read(reading), labelsOf(reading));
    });
  open('sluice_streams', 'Tails open on brokers.', ({ streams }) => streams);
  open('sluice_groups', 'Groups: subscriptions that get the same bytes.', ({ groups }) => groups);
  open('sluice_projections', 'Compiled selections in use, each shared by groups.', ({ projections }) => projections);
  const perLabel = (
    name: string,
    help: string,
    label: string,
    read: (counts: TopicMetrics) => ReadonlyMap<string, number>,
  ): void =>
    copiedCounter(registry, { name, help, labelNames: ['topic', label] }, (give) => {
      for (const counts of source.topics.values()) {
        for (const [value, count] of read(counts)) give(count, { topic: counts.topic, [label]: value });
      }
    });
  perLabel('sluice_gaps_total', 'Losses that Sluice saw and flagged.', 'reason', (counts) => counts.gaps);
  perLabel('sluice_publishes_total', 'Publishes by their answer.', 'outcome', (counts) => counts.publishes);
  perLabel(
    'sluice_replay_steps_total',
    'Steps of readers by where they found events: the ring, a chunk that another reader read, the log.',
    'source',
    (counts) => counts.replaySteps,
  );
}

function registerDurations(registry: Registry, source: FanoutSource): void {
  const perDelivery = (
    name: string,
    help: string,
    bounds: readonly number[],
    read: (metrics: DeliveryMetrics) => PlainHistogram,
  ): void =>
    copiedHistogram(registry, { name, help, labelNames: ['delivery'] }, bounds, function* () {
      for (const [delivery, metrics] of source.deliveries) yield [{ delivery }, read(metrics)] as const;
    });
  perDelivery(
    'sluice_fanout_duration_seconds',
    'From the receipt of a live record to the last socket write of its batch; the oldest record of each batch counts.',
    FANOUT_BOUNDS,
    ({ fanout }) => fanout,
  );
  perDelivery(
    'sluice_end_to_end_duration_seconds',
    "From the broker's timestamp of a live record to the last socket write of its batch; from the receipt where the broker gives none (Pub/Sub).",
    END_TO_END_BOUNDS,
    ({ endToEnd }) => endToEnd,
  );
  perDelivery(
    'sluice_publish_duration_seconds',
    'From the validated event to the answer of its broker.',
    PUBLISH_BOUNDS,
    ({ publish }) => publish,
  );
  perDelivery(
    'sluice_batch_events',
    'Live events that one write to a socket carries.',
    BATCH_BOUNDS,
    ({ batchEvents }) => batchEvents,
  );
  copiedHistogram(
    registry,
    {
      name: 'sluice_flush_duration_seconds',
      help: 'One flush: handing the payloads of one event-loop turn to their sockets.',
    },
    FLUSH_BOUNDS,
    () => [[{}, source.flush]],
  );
}

function registerReplay(registry: Registry, source: FanoutSource): void {
  const reading = (
    name: string,
    help: string,
    read: (replay: ReplayReadings) => number,
    aggregator: 'sum' | 'max' = 'sum',
  ): void =>
    copiedGauge(registry, { name, help, aggregator }, (give) => {
      give(source.replay === undefined ? 0 : read(source.replay));
    });
  reading('sluice_replay_readers', 'Reads of history under way.', (replay) => replay.readers());
  reading('sluice_replay_readers_waiting', 'Readers that wait for a place.', (replay) => replay.waiting());
  reading('sluice_replay_ring_bytes', 'Bytes of recent events held for hand-over.', (replay) => replay.ringBytes());
  reading(
    'sluice_replay_lag_seconds',
    'Age of the event at which the furthest-behind reader stands.',
    (replay) => replay.lagSeconds(),
    'max',
  );
}

function labelsOf({ topic, delivery }: { readonly topic: string; readonly delivery: string }): Labels {
  return { topic, delivery };
}
