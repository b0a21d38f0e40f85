import type { Origin } from './origin.ts';

/** One mistake in the configuration, with all that its author needs to mend it. */
export interface ConfigProblem {
  readonly origin: Origin;
  /** What was written, secrets redacted; undefined where a value is not the point. */
  readonly value: string | undefined;
  /** What is wrong. */
  readonly message: string;
  /** What to write instead. */
  readonly fix: string;
}
