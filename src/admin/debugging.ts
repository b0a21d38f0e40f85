import type { Hub } from '../fanout/hub.ts';
import type { OpenTopic } from '../fanout/stream-reading.ts';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import type { ConnectionsReading } from '../metrics/readings.ts';
import type { Topic } from '../routing/topic.ts';
import type { Clock } from '../time/clock.ts';
import { type DebugReport, SHOWN } from './debug-report.ts';
import { EventRateMeter } from './event-rates.ts';

export interface DebuggingOptions {
  /** Those that are served now. */
  readonly topics: () => readonly Topic[];
  readonly hub: Pick<Hub, 'busiest' | 'openTopics'>;
  readonly metrics: Pick<GatewayMetrics, 'topics'>;
  readonly connections: (limit: number) => ConnectionsReading;
  readonly clock: Clock;
}

const NOTHING_OPEN = {
  streams: 0,
  subscribers: 0,
  groups: 0,
  projections: 0,
  readers: 0,
  ring: { events: 0, bytes: 0 },
};

/** Answers who is slow and which stream is hot, for one process. */
export class Debugging {
  readonly #options: DebuggingOptions;
  readonly #meter: EventRateMeter;

  constructor(options: DebuggingOptions) {
    this.#options = options;
    this.#meter = new EventRateMeter(options.clock);
  }

  report(): DebugReport {
    const { topics, hub, metrics, connections } = this.#options;
    const counts = new Map([...metrics.topics.values()].map(({ topic, events }) => [topic, events]));
    const { overSeconds, perSecond } = this.#meter.measure(counts);
    const open = new Map<string, OpenTopic>(hub.openTopics().map((topic) => [topic.topic, topic]));
    return {
      ratesOverSeconds: overSeconds,
      topics: topics().map(({ name, policy }) => ({
        topic: name,
        delivery: policy.delivery,
        ...(open.get(name) ?? NOTHING_OPEN),
        eventsPerSecond: perSecond.get(name) ?? 0,
      })),
      streams: hub.busiest(SHOWN),
      connections: connections(SHOWN),
    };
  }
}
