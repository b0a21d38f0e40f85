import { baseline } from './baseline.ts';
import type { Profile } from './sizes.ts';

/**
 * The case that `npm run bench` measures too, so that the two can be held against each other: 100 subscribers of one topic, 50 events
 * per second, 5,000 deliveries per second. Run it with LOAD_DELIVERIES=EPHEMERAL, or another one. The other scenarios are the baseline's.
 */
export const agreement: Profile = {
  ...baseline,
  fanout: { seconds: 20, attachSeconds: 5, topics: 1, subscribers: 100, rate: 50, bytes: 52, users: 10 },
};
