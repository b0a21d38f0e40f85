import { DeliveryMetrics } from './delivery-metrics.ts';

const GAP_REASONS = ['link_lost', 'buffer_killed', 'slot_moved', 'slow_subscriber'] as const;
const PUBLISH_OUTCOMES = ['acknowledged', 'rejected', 'unavailable', 'indeterminate'] as const;

const REPLAY_SOURCES = ['ring', 'shared', 'log'] as const;

/** Where a reader found events, as `sluice_replay_steps_total` names it. */
export type ReplaySource = (typeof REPLAY_SOURCES)[number];

/** Why a subscription may have missed events, as `sluice_gaps_total` names it. */
export type GapReason = (typeof GAP_REASONS)[number];

/** How a publish ended, as `sluice_publishes_total` names it. */
export type PublishOutcomeLabel = (typeof PUBLISH_OUTCOMES)[number];

/** A count of 0 for every label: a rise from nothing is no increase to Prometheus, so that the first one would go unseen. */
export function zeros<Label extends string>(labels: readonly Label[]): Map<Label, number> {
  return new Map(labels.map((label) => [label, 0]));
}

/**
 * The counts of one topic. Plain numbers: the event path adds to them, and only a scrape copies them into prom-client.
 * The labels come from the schema, never from a client (A73).
 */
export class TopicMetrics {
  readonly topic: string;
  readonly delivery: string;
  /** Subscriptions open now. */
  subscriptions = 0;
  /** Records read from the broker. */
  events = 0;
  /** Records of live tails that somebody wanted, so that they were decoded. */
  decoded = 0;
  /** Records that could not be read or did not fit (P97). */
  invalidEvents = 0;
  /** Kafka tombstones skipped. */
  tombstones = 0;
  /** Results handed to subscribers. */
  deliveries = 0;
  /** Their bytes. */
  deliveredBytes = 0;
  /** Steps of readers, by where they found events. */
  readonly replaySteps: Map<ReplaySource, number> = zeros(REPLAY_SOURCES);
  /** Shared by the topics of its delivery. */
  readonly latency: DeliveryMetrics;
  readonly gaps: Map<GapReason, number> = zeros(GAP_REASONS);
  readonly publishes: Map<PublishOutcomeLabel, number> = zeros(PUBLISH_OUTCOMES);

  constructor(topic: string, delivery: string, latency: DeliveryMetrics = new DeliveryMetrics()) {
    this.topic = topic;
    this.delivery = delivery;
    this.latency = latency;
  }

  countReplayStep(source: ReplaySource): void {
    this.replaySteps.set(source, (this.replaySteps.get(source) ?? 0) + 1);
  }

  countGap(reason: GapReason, count = 1): void {
    this.gaps.set(reason, (this.gaps.get(reason) ?? 0) + count);
  }

  countPublish(outcome: PublishOutcomeLabel): void {
    this.publishes.set(outcome, (this.publishes.get(outcome) ?? 0) + 1);
  }
}
