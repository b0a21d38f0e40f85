import { baseline } from './baseline.ts';
import type { Profile, ScenarioName, Sizes } from './sizes.ts';

/** An hour, to find what grows: memory, latency, open sockets. */
const SECONDS = 3_600;

export const soak: Profile = {
  fanout: long('fanout'),
  'many-topics': long('many-topics'),
  publish: long('publish'),
  mixed: long('mixed'),
  'connect-storm': long('connect-storm'),
  'subscribe-churn': long('subscribe-churn'),
  'slow-consumers': long('slow-consumers'),
  resume: long('resume'),
  // These two read what is there, once: nothing in them lasts.
  replay: baseline.replay,
  sse: baseline.sse,
  soak: long('soak'),
};

function long(scenario: ScenarioName): Sizes {
  return { ...baseline[scenario], seconds: SECONDS };
}
