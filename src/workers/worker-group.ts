import { type AdminListener, listenAdmin } from '../admin/admin-listener.ts';
import type { AdminSource } from '../admin/admin-source.ts';
import { type DebugReport, joinedDebug } from '../admin/debug-report.ts';
import { type LogLevelControl, logLevelControl } from '../admin/log-level.ts';
import type { ProcessReport } from '../admin/process-report.ts';
import type { Config } from '../config/config.ts';
import type { LogThreshold } from '../log/log-threshold.ts';
import type { Logger } from '../log/logger.ts';
import { type MetricsReport, mergedText, totalsOf } from '../metrics/merge-metrics.ts';
import { WorkerMetrics } from '../metrics/worker-metrics.ts';
import { hostInUrl } from '../text/host-in-url.ts';
import type { Clock } from '../time/clock.ts';
import { portProblem } from '../transport/port-problem.ts';
import { joinedHealth, joinedReadiness, type WorkerReport } from './joined-reports.ts';
import type { Order } from './messages.ts';
import { guardPort, type PortGuard } from './port-guard.ts';
import { WorkerProcess } from './worker-process.ts';
import { WorkerSlot } from './worker-slot.ts';

/** A question of the operators waits so long for a worker, in milliseconds: shorter than what Kubernetes gives a probe. */
const REPORT_DEADLINE_MS = 900;
/** A worker's drain has two steps of the deadline each, its sockets behind their spread and its brokers; what takes longer by this is stuck. */
const STUCK_AFTER_MS = 10_000;

export interface WorkerGroupOptions {
  readonly config: Config;
  /** Checked by `checkStart`. */
  readonly schemaText: string;
  /** At least 2. */
  readonly count: number;
  /** The program, and the words that make it a worker. */
  readonly program: { readonly file: URL; readonly words: readonly string[] };
  readonly clock: Clock;
  readonly log: Logger;
  /** Of the log: its level is that of the workers, too. */
  readonly threshold: LogThreshold;
}

/** The workers behind one port, and the process that keeps them and speaks for them (F24). */
export class WorkerGroup implements AdminSource {
  /** Resolves when a worker dies again and again and the server should stop. */
  readonly failed: Promise<void>;
  readonly logLevel: LogLevelControl;
  readonly #options: WorkerGroupOptions;
  readonly #slots: readonly WorkerSlot[];
  readonly #metrics = new WorkerMetrics(() => this.#slots.filter((slot) => slot.ready).length);
  readonly #fail = Promise.withResolvers<void>();
  /** Last words of workers that died. */
  #totals: Promise<MetricsReport> = Promise.resolve([]);
  /** What workers start with. */
  #served: Pick<WorkerGroupOptions, 'config' | 'schemaText'>;
  #guard: PortGuard | undefined;
  #admin: AdminListener | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: WorkerGroupOptions) {
    this.#options = options;
    this.#served = options;
    this.failed = this.#fail.promise;
    this.logLevel = logLevelControl(options.threshold, options.log, (level) =>
      this.tellAll({ type: 'log-level', level }),
    );
    this.#slots = Array.from({ length: options.count }, (_, index) => this.#slot(index + 1));
  }

  get url(): string {
    return `http://${hostInUrl(this.#options.config.host)}:${this.#guard?.port}/graphql`;
  }

  get adminUrl(): string {
    return `http://${hostInUrl(this.#options.config.adminHost)}:${this.#admin?.port}`;
  }

  /** Rejects with StartError for what the operator must mend; whatever was started by then is ended again. */
  async start(): Promise<void> {
    const { host, port, adminHost, adminPort } = this.#options.config;
    try {
      this.#guard = await guardPort(host, port).catch((error) => {
        throw portProblem(error, host, port, '--port');
      });
      this.#admin = await listenAdmin({ host: adminHost, port: adminPort, source: this }).catch((error) => {
        throw portProblem(error, adminHost, adminPort, '--admin-port');
      });
      // The first one finds what is wrong with the brokers, and creates topics; so each problem is told once.
      const [first, ...others] = this.#slots;
      await first?.start();
      await Promise.all(others.map((slot) => slot.start()));
    } catch (error) {
      await this.close(0);
      throw error;
    }
  }

  /** The one place from which something reaches every worker that serves. Who dies later starts with what is up to date then. */
  tellAll(order: Order): void {
    for (const slot of this.#slots) slot.tell(order);
  }

  /** F25: all workers serve another schema, and so do those that start later. */
  reload(config: Config, schemaText: string): void {
    this.#served = { config, schemaText };
    this.tellAll({ type: 'reload', config, schemaText });
  }

  async metrics(): Promise<string> {
    // Taken together: a worker that dies meanwhile is in one of the two, and never in both.
    const [totals, reports] = await Promise.all([this.#totals, this.#reports()]);
    return await mergedText([
      await this.#metrics.report(),
      totals,
      ...reports.flatMap(({ report }) => (report === undefined ? [] : [report.metrics])),
    ]);
  }

  async ready(): Promise<ReturnType<typeof joinedReadiness>> {
    return joinedReadiness(await this.#reports(), this.#closing !== undefined);
  }

  async health(): Promise<ReturnType<typeof joinedHealth>> {
    return joinedHealth(await this.#reports());
  }

  async debug(): Promise<DebugReport> {
    const reports = await this.#reports();
    return joinedDebug(
      reports.flatMap(({ worker, report }) => (report === undefined ? [] : [{ worker, debug: report.debug }])),
    );
  }

  /** Drains all workers side by side and resolves when all are gone; those that are stuck are killed. Idempotent. */
  close(deadlineMs: number): Promise<void> {
    this.#closing ??= this.#close(deadlineMs);
    return this.#closing;
  }

  async #close(deadlineMs: number): Promise<void> {
    const killAfterMs = this.#options.config.drainSeconds * 1_000 + 2 * deadlineMs + STUCK_AFTER_MS;
    await Promise.all(this.#slots.map((slot) => slot.drain(deadlineMs, killAfterMs)));
    await this.#admin?.close();
    await this.#guard?.close();
    this.#metrics.close();
  }

  #reports(): Promise<WorkerReport[]> {
    return Promise.all(this.#slots.map((slot) => slot.report(REPORT_DEADLINE_MS)));
  }

  #slot(number: number): WorkerSlot {
    const { count, program, clock, log, threshold } = this.#options;
    return new WorkerSlot({
      number,
      clock,
      log,
      spawn: () => {
        // What is shared among the workers, memory for one, goes by their number.
        const { config, schemaText } = this.#served;
        const own = {
          ...config,
          port: this.#guard?.port ?? config.port,
          workers: count,
          logLevel: threshold.level,
        };
        const task = { number, config: own, schemaText };
        return new WorkerProcess(program.file, program.words, task, clock);
      },
      onEnded: (report) => this.#keepTotals(report),
      onRestart: () => this.#metrics.countRestart(),
      onGivenUp: () => this.#fail.resolve(),
    });
  }

  #keepTotals(report: ProcessReport | undefined): void {
    if (report === undefined) return;
    this.#totals = this.#totals.then((totals) => totalsOf([totals, report.metrics]));
  }
}
