import type { Profile, Sizes } from './sizes.ts';

const BASE: Sizes = { seconds: 8, attachSeconds: 2, topics: 1, subscribers: 4, rate: 250, bytes: 100, users: 4 };

/** For every change: small enough for two cores, and at least 5,000 events through each scenario that looks for lost ones. */
export const smoke: Profile = {
  fanout: BASE,
  'many-topics': { ...BASE, topics: 20, subscribers: 2, rate: 12 },
  publish: { ...BASE, seconds: 14, subscribers: 1, rate: 120, users: 3 },
  mixed: { ...BASE, subscribers: 4, rate: 350 },
  'connect-storm': { ...BASE, seconds: 5, subscribers: 60, rate: 4, users: 6 },
  'subscribe-churn': { ...BASE, subscribers: 3, users: 3 },
  'slow-consumers': { ...BASE, attachSeconds: 3, subscribers: 3, rate: 220, bytes: 8_000, users: 3 },
  resume: { ...BASE, rate: 330 },
  replay: { ...BASE, seconds: 1, subscribers: 5, rate: 3_000, users: 5 },
  sse: { ...BASE, seconds: 1, subscribers: 2, rate: 3_000, users: 2 },
  soak: { ...BASE, rate: 220 },
};
