import type { Scenario } from './bench.ts';
import { calibration } from './calibration.ts';
import { connections } from './connections.ts';
import { cost } from './cost.ts';
import { latency } from './latency.ts';
import { limit } from './limit.ts';
import { metrics } from './metrics.ts';
import { mutations } from './mutations.ts';
import { operations } from './operations.ts';
import { pauses } from './pauses.ts';
import { profile } from './profile.ts';
import { streams } from './streams.ts';

/** In the order in which they run: `pauses` uses what `limit` has found, and the long searches come last. */
export const SCENARIOS: readonly Scenario[] = [
  calibration,
  limit,
  latency,
  mutations,
  connections,
  pauses,
  profile,
  cost,
  metrics,
  operations,
  streams,
];
