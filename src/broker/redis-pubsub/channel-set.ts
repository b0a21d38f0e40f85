import type { Redis } from 'ioredis';
import type { Logger } from '../../log/logger.ts';
import type { Clock } from '../../time/clock.ts';
import type { BrokerRecord } from '../record.ts';
import { Subscriptions } from '../redis/subscriptions.ts';
import type { ChannelTail } from './channel-tail.ts';

export interface ChannelSetSettings {
  readonly kind: 'channel' | 'pattern';
  readonly clock: Clock;
  readonly log: Logger;
  readonly refused: (detail: string | undefined) => void;
  readonly unknown: (connection: Redis, why: string) => void;
}

/** The tails of all channels, or of all patterns, by name. Lists are replaced, never changed: a sink may open and close tails amid a record. */
export class ChannelSet {
  readonly #tails = new Map<string, readonly ChannelTail[]>();
  readonly #subscriptions: Subscriptions;

  constructor({ kind, clock, log, refused, unknown }: ChannelSetSettings) {
    this.#subscriptions = new Subscriptions(kind, clock, log, {
      confirmed: (name) => {
        for (const tail of this.#tails.get(name) ?? []) tail.confirm();
      },
      refused,
      unknown,
    });
  }

  /** Names held at Redis. */
  get size(): number {
    return this.#subscriptions.size;
  }

  tails(name: string): readonly ChannelTail[] {
    return this.#tails.get(name) ?? [];
  }

  add(name: string, tail: ChannelTail): void {
    this.#tails.set(name, [...this.tails(name), tail]);
    if (this.#subscriptions.isConfirmed(name)) tail.confirm();
    this.#subscriptions.add(name);
  }

  remove(name: string, tail: ChannelTail): void {
    const rest = this.tails(name).filter((other) => other !== tail);
    if (rest.length > 0) {
      this.#tails.set(name, rest);
      return;
    }
    this.#tails.delete(name);
    this.#subscriptions.remove(name);
  }

  connected(connection: Redis): void {
    this.#subscriptions.connected(connection);
  }

  disconnected(since: number): void {
    this.#subscriptions.disconnected();
    for (const tails of this.#tails.values()) for (const tail of tails) tail.lose(since);
  }

  hand(tails: readonly ChannelTail[], record: BrokerRecord): void {
    for (const tail of tails) tail.hand(record);
  }

  closeAll(): void {
    for (const tails of [...this.#tails.values()]) for (const tail of tails) tail.close();
    this.#subscriptions.disconnected();
  }
}
