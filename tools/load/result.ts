import type { Series } from './series.ts';
import type { Metrics } from './verdict.ts';

/** The gateway's process at one moment; only where the tool started it, on Linux. */
export interface ProcessSample {
  /** Since the scenario began. */
  readonly second: number;
  readonly residentBytes: number;
  /** Of one core, since the sample before. */
  readonly cores: number;
}

/** One run of one scenario: what the JSON file holds. */
export interface ScenarioResult {
  readonly scenario: string;
  readonly profile: string;
  /** What was tested: `embedded`, `real`, a URL, or the echo server. */
  readonly against: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly seconds: number;
  /** Of the processor, and how many. */
  readonly machine: string;
  /** Empty when the run is good. */
  readonly problems: readonly string[];
  /** What the scenario had to say. */
  readonly remarks: readonly string[];
  readonly metrics: Metrics;
  readonly series: readonly Series[];
  readonly process: readonly ProcessSample[];
}
