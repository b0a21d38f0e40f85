import type { TurnScheduler } from '../../src/fanout/flush.ts';

/** Turns that a test takes by hand. */
export class ManualTurns {
  readonly #waiting: (() => void)[] = [];

  readonly schedule: TurnScheduler = (callback) => {
    this.#waiting.push(callback);
  };

  /** Runs what was scheduled until now; false when nothing was. */
  turn(): boolean {
    const due = this.#waiting.splice(0);
    for (const callback of due) callback();
    return due.length > 0;
  }
}
