import { Worker } from 'node:worker_threads';
import type { Clock } from '../../time/clock.ts';
import type { FromWorker, ToWorker, WorkerTask } from './messages.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** The worker's file beside this one, as TypeScript in a checkout and as JavaScript in a build. */
function workerFile(): URL {
  const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
  return new URL(`./worker${extension}`, import.meta.url);
}

export interface LogWorkerSink {
  /** What to start the next worker with. */
  task(): WorkerTask;
  message(message: FromWorker): void;
  /** The worker is gone, with every message that it did not answer. Another is started after a pause. */
  gone(reason: string): void;
}

/** Keeps one worker thread running: when one ends unasked, the next is started after a pause that doubles up to 5 s. */
export class LogWorker {
  readonly #clock: Clock;
  readonly #sink: LogWorkerSink;
  #worker: Worker | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #cancelRestart: (() => void) | undefined;
  #stopped = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(clock: Clock, sink: LogWorkerSink) {
    this.#clock = clock;
    this.#sink = sink;
  }

  start(): void {
    const worker = new Worker(workerFile(), { workerData: this.#sink.task(), name: 'sluice-log' });
    const { promise, resolve } = Promise.withResolvers<void>();
    let reason = 'it ended';
    this.#worker = worker;
    this.#ended = promise;
    worker.on('message', (message: FromWorker) => {
      switch (message.type) {
        case 'opened':
          this.#pauseMs = FIRST_PAUSE_MS;
          break;
        case 'refused':
          reason = `${message.problem} ${message.fix}`;
          break;
        case 'unopened':
        case 'unclear-append':
          reason = message.reason;
          break;
        case 'appended':
        case 'refused-append':
        case 'trimmed':
        case 'probed':
        case 'answer':
          break;
        default:
          message satisfies never;
      }
      this.#sink.message(message);
    });
    worker.on('error', (error: unknown) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', () => {
      this.#worker = undefined;
      resolve();
      if (this.#stopped) return;
      this.#sink.gone(reason);
      this.#restart();
    });
  }

  /** Sends a message; false when no worker is there to answer it. */
  send(message: ToWorker): boolean {
    if (this.#worker === undefined) return false;
    this.#worker.postMessage(message);
    return true;
  }

  /** Lets the worker finish what it was sent and close the file; no other is started. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelRestart?.();
    this.send({ type: 'close' });
    await this.#ended;
  }

  /** Ends the thread without waiting for it. `stop` then settles. */
  kill(): void {
    void this.#worker?.terminate();
  }

  #restart(): void {
    // The sink may have stopped it.
    if (this.#stopped) return;
    this.#cancelRestart = this.#clock.after(this.#pauseMs, () => this.start());
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }
}
