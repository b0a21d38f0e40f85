import type { Broker, BrokerName, BrokerStatus } from '../broker/port.ts';
import type { Clock } from '../time/clock.ts';

/** How long a start may wait for the first contact with its brokers before `/readyz` turns true all the same (design §8). */
const FIRST_CONTACT_LIMIT_MS = 60_000;

/** One broker in the answer of `/healthz`. */
export interface BrokerHealth {
  readonly status: BrokerStatus['type'];
  /** ISO 8601: since when. */
  readonly since: string;
  readonly detail?: string;
}

/** The answer of `/healthz`. */
export interface HealthReport {
  readonly healthy: boolean;
  readonly brokers: Readonly<Partial<Record<BrokerName, BrokerHealth>>>;
  /** With several processes: how many should serve, and how many do. */
  readonly workers?: { readonly expected: number; readonly ready: number };
}

/** The answer of `/readyz`. */
export interface Readiness {
  readonly ready: boolean;
  /** Why not, or what a ready process still misses. */
  readonly reason?: string;
}

/** What the process says of itself to whoever runs it. */
export class Health {
  readonly #brokers: readonly Broker[];
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #contacted = new Set<Broker>();
  #draining = false;

  constructor(brokers: readonly Broker[], clock: Clock) {
    this.#brokers = brokers;
    this.#clock = clock;
    this.#startedAt = clock.monotonic();
  }

  /** From now on no new work should be sent here. */
  startDraining(): void {
    this.#draining = true;
  }

  /**
   * May new connections be sent here? Not before the first contact with every broker (60 s at the most), and not while draining.
   * A broker that goes away later does not make a node unready: all nodes share it, and all would leave at once.
   */
  ready(): Readiness {
    if (this.#draining) return { ready: false, reason: 'draining' };
    for (const broker of this.#brokers) {
      if (broker.status().type === 'up') this.#contacted.add(broker);
    }
    const missing = this.#brokers.filter((broker) => !this.#contacted.has(broker)).map((broker) => broker.name);
    if (missing.length === 0) return { ready: true };
    const waited = this.#clock.monotonic() - this.#startedAt;
    if (waited >= FIRST_CONTACT_LIMIT_MS) return { ready: true, reason: `never reached: ${missing.join(', ')}` };
    return { ready: false, reason: `waiting for first contact with ${missing.join(', ')}` };
  }

  report(): HealthReport {
    const brokers: Partial<Record<BrokerName, BrokerHealth>> = {};
    let healthy = true;
    for (const broker of this.#brokers) {
      const status = broker.status();
      if (status.type !== 'up') healthy = false;
      brokers[broker.name] = {
        status: status.type,
        since: new Date(status.since).toISOString(),
        ...(status.type === 'up' ? {} : { detail: status.detail }),
      };
    }
    return { healthy, brokers };
  }
}
