import { clearTimeout, setTimeout } from 'k6/timers';
import type { Sizes } from '../profiles/sizes.ts';
import { type Delivery, subscriptionOf } from './deliveries.ts';
import { GATEWAY_SOCKET_URL } from './gateway.ts';
import { GatewayConnection } from './graphql-transport-ws.ts';
import { Ledger } from './ledger.ts';
import { ackTime, connectTime, fail, resumeTime } from './measures.ts';
import { endDeadline, type RunPlan } from './run-plan.ts';

/** How long a socket lives, and how long its client stays away, at least; at most twice as long. */
const ALIVE_MS = 500;
const AWAY_MS = 100;

/**
 * A subscriber that drops its socket again and again and comes back with the cursor that it had: over all its sockets it must get every
 * event once and in order.
 */
export class ResumingSubscriber {
  readonly #delivery: Delivery;
  readonly #topic: string;
  readonly #plan: RunPlan;
  readonly #ledger: Ledger;
  readonly #late: number;
  #connection: GatewayConnection | undefined;
  #operation = '';
  #cursor: string | undefined;
  #timer = 0;
  #over = false;

  constructor(plan: RunPlan, sizes: Sizes, delivery: Delivery, topic: string) {
    this.#plan = plan;
    this.#delivery = delivery;
    this.#topic = topic;
    this.#ledger = new Ledger({
      delivery,
      role: 'subscriber',
      run: plan.run,
      joinsMidway: false,
      ended: () => this.#close(),
    });
    this.#late = setTimeout(
      () =>
        this.#give(`a resuming subscriber of ${delivery} did not hear the end, after ${this.#ledger.received} events`),
      endDeadline(plan, sizes) - Date.now(),
    );
    this.#connect();
  }

  #connect(): void {
    const openedAt = Date.now();
    let placed = false;
    const place = (): void => {
      if (placed) return;
      placed = true;
      const now = Date.now();
      if (this.#cursor !== undefined) resumeTime.add(now - openedAt, { delivery: this.#delivery });
      // What it missed while away came late for no fault of the gateway.
      this.#ledger.measureFrom = now;
      this.#timer = setTimeout(() => this.#drop(), Math.max(this.#plan.startAt - now, 0) + randomly(ALIVE_MS));
    };
    const connection = new GatewayConnection(GATEWAY_SOCKET_URL, {
      ready: (connectMs, ackMs) => {
        connectTime.add(connectMs);
        ackTime.add(ackMs);
        this.#operation = connection.start(
          {
            query: subscriptionOf(this.#delivery),
            variables: { topic: this.#topic },
            ...(this.#cursor === undefined ? {} : { extensions: { cursor: this.#cursor } }),
          },
          {
            next: (result) => {
              this.#ledger.receive(result);
              if (!this.#over) place();
            },
            attached: place,
            completed: () => this.#give('the server ended a subscription that was resumed'),
            failed: (reason) => this.#give(reason),
          },
        );
      },
      lost: (reason) => this.#give(reason),
    });
    this.#connection = connection;
  }

  #drop(): void {
    this.#cursor = this.#connection?.cursor(this.#operation);
    this.#connection?.close();
    this.#timer = setTimeout(() => this.#connect(), randomly(AWAY_MS));
  }

  #give(reason: string): void {
    if (this.#over) return;
    fail(reason);
    this.#ledger.settle();
    this.#close();
  }

  #close(): void {
    this.#over = true;
    clearTimeout(this.#late);
    clearTimeout(this.#timer);
    this.#connection?.close();
  }
}

function randomly(least: number): number {
  return least * (1 + Math.random());
}
