import type { Redis } from 'ioredis';
import type { Logger } from '../../log/logger.ts';
import type { Clock } from '../../time/clock.ts';
import { describeRedisError, isReplyError } from './redis-error.ts';

export interface SubscriptionsOwner {
  /** Redis has confirmed that this connection is subscribed to the name. */
  confirmed(name: string): void;
  /** Redis refuses a subscription (undefined: no longer); it is tried again every few seconds. */
  refused(detail: string | undefined): void;
  /** The state of this connection is no longer known. */
  unknown(connection: Redis, why: string): void;
}

interface Name {
  wanted: boolean;
  /** Is the last command that this connection was given for the name a SUBSCRIBE? */
  sent: boolean;
  confirmed: boolean;
  /** Of the last command; an older one's confirmation says nothing. */
  ticket: number;
  /** Refused together with others: ask for it alone. */
  alone: boolean;
}

const NAMES_A_CALL = 500;
const REFUSED_RETRY_MS = 5_000;

/**
 * The channels or patterns that one subscriber link should hear. What changes within a turn goes out as few commands;
 * a new connection is given everything again. Commands of one connection are run in order, so names may come and go faster than Redis confirms.
 */
export class Subscriptions {
  readonly #kind: 'channel' | 'pattern';
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #owner: SubscriptionsOwner;
  readonly #names = new Map<string, Name>();
  readonly #dirty = new Set<string>();
  #connection: Redis | undefined;
  #scheduled = false;
  #tickets = 0;
  #cancelRetry: (() => void) | undefined;

  constructor(kind: 'channel' | 'pattern', clock: Clock, log: Logger, owner: SubscriptionsOwner) {
    this.#kind = kind;
    this.#clock = clock;
    this.#log = log;
    this.#owner = owner;
  }

  /** Names that Redis holds or will hold for us, those included whose end it has not confirmed yet. */
  get size(): number {
    return this.#names.size;
  }

  isConfirmed(name: string): boolean {
    return this.#names.get(name)?.confirmed === true;
  }

  add(name: string): void {
    const known = this.#names.get(name);
    if (known === undefined) {
      this.#names.set(name, { wanted: true, sent: false, confirmed: false, ticket: 0, alone: false });
    } else {
      known.wanted = true;
    }
    this.#touch(name);
  }

  remove(name: string): void {
    const known = this.#names.get(name);
    if (known === undefined || !known.wanted) return;
    known.wanted = false;
    if (this.#connection === undefined) this.#names.delete(name);
    else this.#touch(name);
  }

  connected(connection: Redis): void {
    this.#connection = connection;
    for (const name of this.#names.keys()) this.#touch(name);
  }

  disconnected(): void {
    this.#connection = undefined;
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    this.#dirty.clear();
    for (const [name, state] of this.#names) {
      if (!state.wanted) this.#names.delete(name);
      state.sent = false;
      state.confirmed = false;
      state.ticket = ++this.#tickets;
    }
  }

  #touch(name: string): void {
    this.#dirty.add(name);
    if (this.#scheduled || this.#connection === undefined) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#connection !== undefined) this.#flush(this.#connection);
    });
  }

  #flush(connection: Redis): void {
    const subscribe: string[] = [];
    const unsubscribe: string[] = [];
    for (const name of this.#dirty) {
      const state = this.#names.get(name);
      if (state === undefined) continue;
      if (!state.wanted) {
        if (state.sent) unsubscribe.push(name);
        else this.#names.delete(name);
      } else if (!state.sent) {
        if (state.alone) this.#send(connection, [name], true);
        else subscribe.push(name);
      }
    }
    this.#dirty.clear();
    for (let at = 0; at < unsubscribe.length; at += NAMES_A_CALL) {
      this.#send(connection, unsubscribe.slice(at, at + NAMES_A_CALL), false);
    }
    for (let at = 0; at < subscribe.length; at += NAMES_A_CALL) {
      this.#send(connection, subscribe.slice(at, at + NAMES_A_CALL), true);
    }
  }

  #send(connection: Redis, names: readonly string[], subscribe: boolean): void {
    const ticket = ++this.#tickets;
    const states = names.flatMap((name) => {
      const state = this.#names.get(name);
      return state === undefined ? [] : [[name, state] as const];
    });
    for (const [, state] of states) {
      state.sent = subscribe;
      state.confirmed = false;
      state.ticket = ticket;
    }
    this.#command(connection, names, subscribe).then(
      () => {
        if (this.#connection !== connection) return;
        for (const [name, state] of states) {
          if (state.ticket !== ticket) continue;
          if (!subscribe) {
            if (!state.wanted && this.#names.get(name) === state) this.#names.delete(name);
            continue;
          }
          state.confirmed = true;
          state.alone = false;
          if (state.wanted) this.#owner.confirmed(name);
        }
        if (subscribe && this.#cancelRetry === undefined) this.#owner.refused(undefined);
      },
      (error: unknown) => {
        if (this.#connection !== connection) return;
        if (!subscribe || !isReplyError(error)) {
          this.#owner.unknown(connection, `a subscription was not confirmed: ${describeRedisError(error)}`);
          return;
        }
        for (const [, state] of states) {
          if (state.ticket !== ticket) continue;
          state.sent = false;
          state.alone = true;
        }
        this.#retryLater(connection, names, error);
      },
    );
  }

  #retryLater(connection: Redis, names: readonly string[], error: Error): void {
    const text = `Redis refuses to subscribe to ${names.length === 1 ? `"${names[0]}"` : `${names.length} names`}: ${describeRedisError(error)}`;
    this.#log.error(text);
    this.#owner.refused(text);
    this.#cancelRetry ??= this.#clock.after(REFUSED_RETRY_MS, () => {
      this.#cancelRetry = undefined;
      if (this.#connection !== connection) return;
      for (const [name, state] of this.#names) if (state.wanted && !state.sent) this.#touch(name);
    });
  }

  #command(connection: Redis, names: readonly string[], subscribe: boolean): Promise<unknown> {
    if (this.#kind === 'channel') {
      return subscribe ? connection.subscribe(...names) : connection.unsubscribe(...names);
    }
    return subscribe ? connection.psubscribe(...names) : connection.punsubscribe(...names);
  }
}
