import type { Clock } from '../../time/clock.ts';
import type { ConnectionLimits } from './limits.ts';
import type { MessageSocket } from './message-socket.ts';

/**
 * What leaves one connection: knows whether the peer takes more (P36), and notices when it has stopped for good (P34).
 * One flag, and one timer while the socket is full.
 */
export class Outbox {
  readonly #socket: MessageSocket;
  readonly #limits: ConnectionLimits;
  readonly #clock: Clock;
  readonly #onStuck: () => void;
  #writable = true;
  /** Monotonic milliseconds at which bytes last left, or at which it became full. */
  #lastLeft = 0;
  #cancelTimer: (() => void) | undefined;

  /** `onStuck` is called when the peer reads too little to go on; the owner closes then. */
  constructor(socket: MessageSocket, limits: ConnectionLimits, clock: Clock, onStuck: () => void) {
    this.#socket = socket;
    this.#limits = limits;
    this.#clock = clock;
    this.#onStuck = onStuck;
  }

  /** Fewer than `pauseAtBufferedBytes` wait for the peer. */
  get writable(): boolean {
    return this.#writable;
  }

  send(messages: readonly (string | Uint8Array)[]): void {
    const outcome = this.#socket.send(messages, this.#limits);
    switch (outcome) {
      case 'sent':
      case 'closed':
        break;
      case 'full':
        this.#full();
        break;
      case 'stuck':
        this.#onStuck();
        break;
      default:
        throw outcome satisfies never;
    }
  }

  /** Bytes left for the peer and `waitingBytes` still wait. True when it takes more again because of it. */
  flushed(waitingBytes: number): boolean {
    if (this.#writable) return false;
    this.#lastLeft = this.#clock.monotonic();
    if (waitingBytes >= this.#limits.pauseAtBufferedBytes) return false;
    this.#writable = true;
    this.close();
    return true;
  }

  /** The connection is over: no timer is left. Idempotent. */
  close(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #full(): void {
    if (!this.#writable) return;
    this.#writable = false;
    this.#lastLeft = this.#clock.monotonic();
    this.#watch(this.#limits.stuckTimeoutMs);
  }

  /** The timer looks at the clock when it fires: bytes leave far more often than that. */
  #watch(delayMs: number): void {
    this.#cancelTimer = this.#clock.after(delayMs, () => {
      const restMs = this.#lastLeft + this.#limits.stuckTimeoutMs - this.#clock.monotonic();
      if (restMs > 0) this.#watch(restMs);
      else this.#onStuck();
    });
  }
}
