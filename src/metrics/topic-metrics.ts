/** Why a subscription may have missed events, as `sluice_gaps_total` names it. */
export type GapReason = 'link_lost' | 'buffer_killed' | 'slot_moved' | 'slow_subscriber';

/** How a publish ended, as `sluice_publishes_total` names it. */
export type PublishOutcomeLabel = 'acknowledged' | 'rejected' | 'unavailable' | 'indeterminate';

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
  readonly gaps: Map<GapReason, number> = new Map();
  readonly publishes: Map<PublishOutcomeLabel, number> = new Map();

  constructor(topic: string, delivery: string) {
    this.topic = topic;
    this.delivery = delivery;
  }

  countGap(reason: GapReason, count = 1): void {
    this.gaps.set(reason, (this.gaps.get(reason) ?? 0) + count);
  }

  countPublish(outcome: PublishOutcomeLabel): void {
    this.publishes.set(outcome, (this.publishes.get(outcome) ?? 0) + 1);
  }
}
