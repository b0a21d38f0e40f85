import type { Logger } from '../log/logger.ts';
import type { Topic } from '../routing/topic.ts';
import type { Clock } from '../time/clock.ts';

/** What the composition root gives to every adapter, beside the adapter's own settings. */
export interface BrokerEnvironment {
  readonly clock: Clock;
  readonly log: Logger;
  /** The topics that this deployment routes to the adapter. */
  readonly topics: readonly Topic[];
  /** Called with the bytes of event values read from and written to the broker. */
  readonly onBytes: (direction: 'in' | 'out', bytes: number) => void;
}
