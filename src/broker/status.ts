import type { Clock } from '../time/clock.ts';
import type { BrokerStatus } from './port.ts';

/** One adapter's status and those who listen to it. Tells each change once; a repeated report is not a change. */
export class StatusHolder {
  readonly #clock: Clock;
  readonly #listeners = new Set<(status: BrokerStatus) => void>();
  #status: BrokerStatus;

  /** Starts as `connecting`; `detail` says to whom. */
  constructor(clock: Clock, detail: string) {
    this.#clock = clock;
    this.#status = { type: 'connecting', since: clock.now(), detail };
  }

  get(): BrokerStatus {
    return this.#status;
  }

  /** As `Broker.onStatus`. A listener may remove itself or others while it is called. */
  onStatus(listener: (status: BrokerStatus) => void): () => void {
    // Wrapped, so that a function given twice is two listeners and each removal removes its own.
    const own = (status: BrokerStatus): void => listener(status);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  /** Still no first contact; why not. Once there was contact it is nothing. */
  waiting(detail: string): void {
    const before = this.#status;
    if (before.type !== 'connecting' || before.detail === detail) return;
    this.#change({ ...before, detail });
  }

  up(): void {
    if (this.#status.type !== 'up') this.#change({ type: 'up', since: this.#clock.now() });
  }

  /** Contact is lost. A new detail while down is told, and keeps the time since when it is down. */
  down(detail: string): void {
    const before = this.#status;
    if (before.type === 'down' && before.detail === detail) return;
    this.#change({ type: 'down', since: before.type === 'down' ? before.since : this.#clock.now(), detail });
  }

  #change(status: BrokerStatus): void {
    this.#status = status;
    for (const listener of this.#listeners) listener(status);
  }
}
