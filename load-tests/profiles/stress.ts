import { baseline } from './baseline.ts';
import type { Profile, Sizes } from './sizes.ts';

/** Twice to three times the baseline, near to what k6 itself can check on two cores. */
export const stress: Profile = {
  fanout: larger(baseline.fanout, { subscribers: 40, users: 20 }),
  'many-topics': larger(baseline['many-topics'], { topics: 200 }),
  publish: larger(baseline.publish, { rate: 300 }),
  mixed: larger(baseline.mixed, { subscribers: 20, users: 20 }),
  'connect-storm': larger(baseline['connect-storm'], { attachSeconds: 20, subscribers: 1_500 }),
  'subscribe-churn': larger(baseline['subscribe-churn'], { subscribers: 20, users: 20 }),
  'slow-consumers': larger(baseline['slow-consumers'], { subscribers: 10, users: 10 }),
  resume: larger(baseline.resume, { subscribers: 40, users: 20 }),
  replay: larger(baseline.replay, { subscribers: 20, users: 10 }),
  sse: larger(baseline.sse, { subscribers: 15, users: 15 }),
  soak: larger(baseline.soak, { subscribers: 40, users: 20 }),
};

function larger(sizes: Sizes, changes: Partial<Sizes>): Sizes {
  return { ...sizes, seconds: Math.max(sizes.seconds, sizes.seconds === 1 ? 1 : 60), ...changes };
}
