import type { ProcessReport } from '../admin/process-report.ts';
import { StartError } from '../error/start-error.ts';
import type { Logger } from '../log/logger.ts';
import type { Clock } from '../time/clock.ts';
import { BackOff } from './back-off.ts';
import type { WorkerReport } from './joined-reports.ts';
import type { Order } from './messages.ts';
import type { WorkerProcess } from './worker-process.ts';

/** What a slot asks of a process. */
export type KeptProcess = Pick<WorkerProcess, 'pid' | 'started' | 'ended' | 'lastReport' | 'tell' | 'report' | 'kill'>;

export interface WorkerSlotOptions {
  /** From 1. */
  readonly number: number;
  /** Starts a process with this number. */
  readonly spawn: () => KeptProcess;
  readonly clock: Clock;
  readonly log: Logger;
  /** A process is gone; its last report, if it gave one. */
  readonly onEnded: (report: ProcessReport | undefined) => void;
  /** It went unasked, and another one follows. */
  readonly onRestart: () => void;
  /** It dies again and again (F24); called once. */
  readonly onGivenUp: () => void;
}

/** The place of one worker: one process at a time, and another one when it dies. */
export class WorkerSlot {
  readonly #options: WorkerSlotOptions;
  readonly #backOff = new BackOff();
  #process: KeptProcess | undefined;
  #readySince: number | undefined;
  #cancelRestart: (() => void) | undefined;
  #draining: Promise<void> | undefined;

  constructor(options: WorkerSlotOptions) {
    this.#options = options;
  }

  /** Does its process serve? */
  get ready(): boolean {
    return this.#readySince !== undefined;
  }

  get number(): number {
    return this.#options.number;
  }

  /** Starts the first process. Rejects with StartError when it does not come to serve: then nothing is started again. */
  async start(): Promise<void> {
    const process = this.#spawn();
    const start = await process.started;
    switch (start.type) {
      case 'ready':
        this.#serves(process);
        return;
      case 'refused':
        throw new StartError(start.problems);
      case 'ended':
        throw new StartError([
          `Worker ${this.number} ended (${start.how}) before it was ready. What it logged before says why.`,
        ]);
      default:
        throw start satisfies never;
    }
  }

  /** An order to a worker that is being started again is dropped: what it starts with is up to date. */
  tell(order: Order): void {
    if (this.ready) this.#process?.tell(order);
  }

  /** Asks the process that serves for a report and waits at most so long. */
  async report(deadlineMs: number): Promise<WorkerReport> {
    const process = this.ready ? this.#process : undefined;
    const answered = (await process?.report(deadlineMs)) ?? false;
    return { worker: this.number, answered, report: process?.lastReport };
  }

  /** Drains the process and resolves when it is gone; kills it after `killAfterMs`. Idempotent. */
  drain(deadlineMs: number, killAfterMs: number): Promise<void> {
    this.#draining ??= this.#drain(deadlineMs, killAfterMs);
    return this.#draining;
  }

  async #drain(deadlineMs: number, killAfterMs: number): Promise<void> {
    const { clock, log } = this.#options;
    this.#cancelRestart?.();
    const process = this.#process;
    if (process === undefined) return;
    process.tell({ type: 'drain', deadlineMs });
    const cancelKill = clock.after(killAfterMs, () => {
      log.error('a worker did not drain in time and is killed', { worker: this.number, pid: process.pid });
      process.kill();
    });
    await process.ended;
    cancelKill();
    this.#gone(process);
  }

  #spawn(): KeptProcess {
    const process = this.#options.spawn();
    this.#process = process;
    return process;
  }

  #serves(process: KeptProcess): void {
    const { clock, log } = this.#options;
    this.#readySince = clock.monotonic();
    log.info('worker is ready', { worker: this.number, pid: process.pid });
    void process.ended.then((how) => this.#died(process, how));
  }

  #died(process: KeptProcess, how: string): void {
    if (this.#draining !== undefined) return;
    const { clock, log, onRestart, onGivenUp } = this.#options;
    const servedMs = this.#readySince === undefined ? 0 : clock.monotonic() - this.#readySince;
    this.#gone(process);
    const next = this.#backOff.died(servedMs);
    const facts = { worker: this.number, pid: process.pid, how };
    switch (next.type) {
      case 'restart':
        log.error('a worker ended and is started again', { ...facts, pauseMs: next.pauseMs });
        onRestart();
        this.#cancelRestart = clock.after(next.pauseMs, () => void this.#restart());
        return;
      case 'give-up':
        log.error('a worker ends again and again: the server stops', facts);
        onGivenUp();
        return;
      default:
        throw next satisfies never;
    }
  }

  #gone(process: KeptProcess): void {
    this.#readySince = undefined;
    this.#process = undefined;
    this.#options.onEnded(process.lastReport);
  }

  async #restart(): Promise<void> {
    const { log } = this.#options;
    const process = this.#spawn();
    const start = await process.started;
    if (this.#draining !== undefined) return;
    if (start.type === 'ready') {
      this.#serves(process);
      return;
    }
    if (start.type === 'refused') {
      for (const problem of start.problems) log.error(problem, { worker: this.number });
    }
    this.#died(process, await process.ended);
  }
}
