import type { Bench } from './bench.ts';

/** One rule of the broker contract. The name reads as the rule and cites its number. */
export interface Rule {
  readonly name: string;
  /** Why this row cannot be asked; undefined: it is asked. The skipped test shows it. */
  readonly unfit?: (bench: Bench) => string | undefined;
  /** Rejects when the broker breaks the rule. */
  readonly run: (bench: Bench) => Promise<void>;
}
