import { type ChildProcess, fork } from 'node:child_process';
import type { ProcessReport } from '../admin/process-report.ts';
import type { Clock } from '../time/clock.ts';
import type { News, Order, WorkerTask } from './messages.ts';

/** How the start of a worker went. */
export type WorkerStart =
  | { readonly type: 'ready' }
  | { readonly type: 'refused'; readonly problems: readonly string[] }
  /** It ended without a word; `how` as in `ended`. */
  | { readonly type: 'ended'; readonly how: string };

/** One worker process, as its primary sees it. */
export class WorkerProcess {
  readonly pid: number | undefined;
  readonly started: Promise<WorkerStart>;
  /** Resolves when the process is gone, with how: `exit code 70`, `SIGKILL`. */
  readonly ended: Promise<string>;
  /** The newest report that it gave. */
  lastReport: ProcessReport | undefined;
  readonly #child: ChildProcess;
  readonly #clock: Clock;
  readonly #start = Promise.withResolvers<WorkerStart>();
  #asked: PromiseWithResolvers<boolean> | undefined;

  /** `program` is the file of the program; `words` make it a worker. */
  constructor(program: URL, words: readonly string[], task: WorkerTask, clock: Clock) {
    this.#clock = clock;
    // Reports hold NaN and infinity, which JSON does not. Log lines go where the primary's go.
    this.#child = fork(program, words, { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.pid = this.#child.pid;
    this.started = this.#start.promise;
    const ended = Promise.withResolvers<string>();
    this.ended = ended.promise;
    const end = (how: string): void => {
      ended.resolve(how);
      this.#start.resolve({ type: 'ended', how });
      this.#asked?.resolve(false);
    };
    this.#child.on('message', (message) => this.#news(message as News));
    this.#child.once('exit', (code, signal) => {
      const how = signal ?? `exit code ${code}`;
      // Its last words may still be on their way.
      if (this.#child.connected) this.#child.once('disconnect', () => end(how));
      else end(how);
    });
    // It was not started at all, or a signal did not reach it; a process that lives tells of its end by `exit`.
    this.#child.on('error', (error) => {
      if (this.#child.pid === undefined) end(error.message);
    });
    this.tell({ type: 'start', task });
  }

  /** An order to a process that is gone is dropped: `ended` tells of that. */
  tell(order: Order): void {
    if (this.#child.connected) this.#child.send(order, () => {});
  }

  /**
   * Asks for a report and waits for it at most so long. Resolves with whether it came; `lastReport` has it, or the one before. One
   * question at a time is on its way, however many wait for its answer.
   */
  async report(deadlineMs: number): Promise<boolean> {
    if (this.#asked === undefined) {
      this.#asked = Promise.withResolvers();
      this.tell({ type: 'report' });
    }
    const late = Promise.withResolvers<boolean>();
    const cancel = this.#clock.after(deadlineMs, () => late.resolve(false));
    const answered = await Promise.race([this.#asked.promise, late.promise]);
    cancel();
    return answered;
  }

  /** SIGKILL. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #news(news: News): void {
    switch (news.type) {
      case 'ready':
        this.#start.resolve({ type: 'ready' });
        return;
      case 'refused':
        this.#start.resolve({ type: 'refused', problems: news.problems });
        return;
      case 'report':
        this.lastReport = news.report;
        this.#asked?.resolve(true);
        this.#asked = undefined;
        return;
      default:
        throw news satisfies never;
    }
  }
}
