import type { LoadResult } from '../load/measure-load.ts';
import type { Row } from '../report/row.ts';
import type { Brokers } from '../servers/brokers.ts';
import type { Cores } from '../servers/cores.ts';

/** The two servers that are compared. */
export type ServerName = 'Sluice' | 'graphql-ws';

/** How much of a measurement is done. */
export interface Effort {
  /** Sizes (connections, streams, operations) are divided by this. */
  readonly divisor: number;
  /** Of one run, after its warm-up. */
  readonly seconds: number;
  readonly warmSeconds: number;
  /** Of a server that has just started, under a light load, so that what is measured is compiled code. */
  readonly serverWarmSeconds: number;
  /** Halvings of the interval between the last rate that was sustained and the first that was not. */
  readonly refinements: number;
  /** Rates that are tried at most in a search. */
  readonly attempts: number;
}

export const FULL: Effort = {
  divisor: 1,
  seconds: 2.5,
  warmSeconds: 0.5,
  serverWarmSeconds: 1.5,
  refinements: 3,
  attempts: 14,
};
/** Shows that everything works, and nothing about speed. */
export const QUICK: Effort = {
  divisor: 20,
  seconds: 0.3,
  warmSeconds: 0.1,
  serverWarmSeconds: 0.2,
  refinements: 0,
  attempts: 2,
};

/** What every scenario is given. */
export interface Bench {
  readonly brokers: Brokers;
  readonly cores: Cores;
  readonly effort: Effort;
  /** The highest sustained rate of a server with 1,000 EPHEMERAL subscribers, in events per second, when it has been found. */
  readonly limits: Map<ServerName, number>;
  /** One line about what goes on, for the person who waits. */
  readonly say: (line: string) => void;
  /** Keeps a run for the JSON file. */
  readonly keep: (what: string, result: LoadResult | Readonly<Record<string, unknown>>) => void;
}

/** One measurement, or a few that belong together. */
export interface Scenario {
  readonly name: string;
  /** For `--help`. */
  readonly summary: string;
  run(bench: Bench): Promise<readonly Row[]>;
}
