import type { Profile, Sizes } from './sizes.ts';

const BASE: Sizes = { seconds: 30, attachSeconds: 5, topics: 1, subscribers: 20, rate: 100, bytes: 200, users: 10 };

/** What one small gateway should carry without effort, while k6 and the brokers share its two cores: up to 6,000 deliveries per second. */
export const baseline: Profile = {
  fanout: BASE,
  'many-topics': { ...BASE, topics: 50, subscribers: 5, rate: 3 },
  publish: { ...BASE, subscribers: 1, rate: 100, users: 3 },
  mixed: { ...BASE, subscribers: 5, rate: 150 },
  'connect-storm': { ...BASE, seconds: 15, attachSeconds: 8, subscribers: 500, rate: 2, users: 20 },
  'subscribe-churn': { ...BASE, subscribers: 10, rate: 100 },
  'slow-consumers': { ...BASE, subscribers: 5, rate: 120, bytes: 8_000, users: 5 },
  resume: { ...BASE, rate: 75 },
  replay: { ...BASE, seconds: 1, subscribers: 5, rate: 10_000, users: 5 },
  sse: { ...BASE, seconds: 1, subscribers: 5, rate: 10_000, users: 5 },
  soak: { ...BASE, seconds: 60, rate: 60 },
};
