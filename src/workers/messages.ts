import type { ProcessReport } from '../admin/process-report.ts';
import type { Config } from '../config/config.ts';
import type { LogLevel } from '../log/log-threshold.ts';

/** All that a worker needs to begin. */
export interface WorkerTask {
  /** From 1; a worker that is started again keeps it. It is in every log line. */
  readonly number: number;
  /** With the port and the number of workers that were chosen. */
  readonly config: Config;
  /** As the primary checked it: a worker that starts later serves the same schema as the others. */
  readonly schemaText: string;
}

/** What the primary tells a worker. */
export type Order =
  /** The first order, once. */
  | { readonly type: 'start'; readonly task: WorkerTask }
  /** Asks for a report. One question at a time is on its way. */
  | { readonly type: 'report' }
  /** From now on the log has this level. */
  | { readonly type: 'log-level'; readonly level: LogLevel }
  /** Serve another schema (F25). The primary has checked it. */
  | { readonly type: 'reload'; readonly config: Config; readonly schemaText: string }
  /** Drain, then end with code 0. */
  | { readonly type: 'drain'; readonly deadlineMs: number };

/** What a worker says. */
export type News =
  | { readonly type: 'ready' }
  /** It cannot start as it is configured; each problem says what to do. It ends by itself. */
  | { readonly type: 'refused'; readonly problems: readonly string[] }
  | { readonly type: 'report'; readonly report: ProcessReport };
