import type { OpenReport } from './port.ts';

/** The default of `Broker.close`, in milliseconds. */
export const DEFAULT_CLOSE_DEADLINE_MS = 5_000;

export interface LifecycleSteps {
  /** As `Broker.open`, run at most once. */
  open(): Promise<OpenReport>;
  /** As `Broker.close`, run at most once; also when `open` never ran, still runs or failed. Must not reject. */
  close(deadlineMs: number): Promise<void>;
}

/**
 * Opens once and closes once, for every adapter: the promise of the first call is stored before anything is awaited,
 * and later calls get the same one. `closed` is true from the moment when `close` is called.
 */
export class Lifecycle {
  readonly #steps: LifecycleSteps;
  #opening: Promise<OpenReport> | undefined;
  #closing: Promise<void> | undefined;
  #closed = false;

  constructor(steps: LifecycleSteps) {
    this.#steps = steps;
  }

  get closed(): boolean {
    return this.#closed;
  }

  open(): Promise<OpenReport> {
    if (this.#opening !== undefined) return this.#opening;
    this.#opening = this.#closed
      ? Promise.reject(new Error('This broker is closed; make a new one to open it again.'))
      : this.#steps.open();
    return this.#opening;
  }

  close(deadlineMs: number = DEFAULT_CLOSE_DEADLINE_MS): Promise<void> {
    if (this.#closing !== undefined) return this.#closing;
    // Before the step runs, so that whatever it calls sees a closed broker.
    this.#closed = true;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#closing = promise;
    // Through the executor's resolve: the promise is stored even if the step calls close() again at once.
    resolve(this.#steps.close(deadlineMs));
    return promise;
  }
}
