import { baseline } from './baseline.ts';
import type { Profile } from './sizes.ts';

/** Short and steep: the clients of the stress profile arrive at once, and events come in a burst. */
export const spike: Profile = {
  fanout: { ...baseline.fanout, seconds: 10, subscribers: 40, rate: 140, users: 20 },
  'many-topics': { ...baseline['many-topics'], seconds: 10, rate: 10 },
  publish: { ...baseline.publish, seconds: 10, rate: 400 },
  mixed: { ...baseline.mixed, seconds: 10, rate: 500 },
  'connect-storm': { ...baseline['connect-storm'], seconds: 10, attachSeconds: 15, subscribers: 1_500 },
  'subscribe-churn': { ...baseline['subscribe-churn'], seconds: 10, subscribers: 20, rate: 300 },
  'slow-consumers': { ...baseline['slow-consumers'], seconds: 10, rate: 300 },
  resume: { ...baseline.resume, seconds: 10, rate: 300 },
  replay: { ...baseline.replay, subscribers: 40, users: 20 },
  sse: { ...baseline.sse, subscribers: 20, users: 20 },
  soak: { ...baseline.soak, seconds: 20, rate: 200 },
};
