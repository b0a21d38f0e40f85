import type { Clock } from './clock.ts';

/**
 * Calls back for each item the same time after it was added: one timer for all of them, and one entry each, because there are as
 * many as connections. At most one turn of the timer is set, and none while there are no items.
 */
export class Timeouts<Item extends object> {
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #onDue: (item: Item) => void;
  /** The monotonic milliseconds at which each falls due; in the order of adding, which is also that of falling due. */
  readonly #due = new Map<Item, number>();
  #cancelTimer: (() => void) | undefined;

  /** `onDue` must not throw; the item is forgotten before, so that it may be added again. */
  constructor(clock: Clock, delayMs: number, onDue: (item: Item) => void) {
    this.#clock = clock;
    this.#delayMs = delayMs;
    this.#onDue = onDue;
  }

  /** The item falls due in `delayMs`, whenever it was to before. */
  add(item: Item): void {
    this.#due.delete(item);
    this.#due.set(item, this.#clock.monotonic() + this.#delayMs);
    if (this.#cancelTimer === undefined) this.#setTimer(this.#delayMs);
  }

  /** The item does not fall due. Idempotent. */
  delete(item: Item): void {
    if (!this.#due.delete(item) || this.#due.size > 0) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  readonly #look = (): void => {
    const now = this.#clock.monotonic();
    for (const [item, due] of this.#due) {
      if (due > now) {
        this.#setTimer(due - now);
        return;
      }
      this.#due.delete(item);
      this.#onDue(item);
    }
    this.#cancelTimer = undefined;
  };

  #setTimer(delayMs: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#clock.after(delayMs, this.#look);
  }
}
