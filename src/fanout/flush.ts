import type { Clock } from '../time/clock.ts';
import type { Group } from './group.ts';

/** Runs a callback at the end of the current event-loop turn, after the turn's input was read. */
export type TurnScheduler = (callback: () => void) => void;

/** The event loop's own turns. */
export const immediateTurns: TurnScheduler = (callback) => {
  setImmediate(callback);
};

/**
 * What a group may hold back between two flushes, in bytes; at the bound it is handed out at once, within the turn.
 * From there on the bound of each socket decides.
 */
const PENDING_LIMIT_BYTES = 8_388_608;

/** A flush gives the loop back after this long, so that other sockets and new connections wait no longer than this. */
const SLICE_MS = 8;

/**
 * Hands the groups' pending payloads out, once per event-loop turn and in the order in which the groups became dirty.
 * A group that is not finished within the slice goes on in the next turn.
 */
export class Flush {
  readonly #clock: Clock;
  readonly #nextTurn: TurnScheduler;
  readonly #onFlushed: (durationMs: number) => void;
  readonly #dirty = new Set<Group>();
  #scheduled = false;

  constructor(clock: Clock, nextTurn: TurnScheduler, onFlushed: (durationMs: number) => void) {
    this.#clock = clock;
    this.#nextTurn = nextTurn;
    this.#onFlushed = onFlushed;
  }

  /** The group has something pending. */
  schedule(group: Group): void {
    if (group.pendingBytes >= PENDING_LIMIT_BYTES) group.deliver(this.#clock, Number.POSITIVE_INFINITY);
    this.#dirty.add(group);
    this.#wake();
  }

  #wake(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#nextTurn(this.#run);
  }

  readonly #run = (): void => {
    this.#scheduled = false;
    const start = this.#clock.monotonic();
    const until = start + SLICE_MS;
    for (const group of this.#dirty) {
      const done = group.deliver(this.#clock, until);
      this.#dirty.delete(group);
      if (!done) {
        // To the back of the line: a large group must not hold up the others.
        this.#dirty.add(group);
        break;
      }
      if (this.#clock.monotonic() > until) break;
    }
    this.#onFlushed(this.#clock.monotonic() - start);
    if (this.#dirty.size > 0) this.#wake();
  };
}
