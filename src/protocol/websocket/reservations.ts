import type { WebSocketSubscription } from './subscription.ts';

/** One reservation of an operation id by a query or mutation; the object itself is the token (P11). */
export interface SingleReservation {
  readonly type: 'single';
  readonly id: string;
}

export type Reservation = WebSocketSubscription | SingleReservation;

/** The operation ids that are taken on one connection (P9, P10). Most connections have one, so that one needs no map. */
export class Reservations {
  /** The only one; undefined while there is none, or a map. */
  #only: Reservation | undefined;
  /** Made for the second one. */
  #byId: Map<string, Reservation> | undefined;
  #subscriptionCount = 0;

  get subscriptionCount(): number {
    return this.#subscriptionCount;
  }

  has(id: string): boolean {
    return this.#get(id) !== undefined;
  }

  /** The id must be free. */
  add(reservation: Reservation): void {
    if (this.#byId !== undefined) this.#byId.set(reservation.id, reservation);
    else if (this.#only === undefined) this.#only = reservation;
    else {
      this.#byId = new Map([
        [this.#only.id, this.#only],
        [reservation.id, reservation],
      ]);
      this.#only = undefined;
    }
    if (reservation.type === 'subscription') this.#subscriptionCount += 1;
  }

  /** Frees the id; undefined when it is free. */
  take(id: string): Reservation | undefined {
    const reservation = this.#get(id);
    if (reservation !== undefined) this.#delete(reservation);
    return reservation;
  }

  /** Frees the id of this reservation; false when it is no longer its own. */
  release(reservation: Reservation): boolean {
    if (this.#get(reservation.id) !== reservation) return false;
    this.#delete(reservation);
    return true;
  }

  /** Frees all ids. */
  takeAll(): readonly Reservation[] {
    const all = this.#all();
    this.#only = undefined;
    this.#byId = undefined;
    this.#subscriptionCount = 0;
    return all;
  }

  /** Those that wait longest for a turn come first. */
  subscriptions(): WebSocketSubscription[] {
    return this.#all().filter((reservation) => reservation.type === 'subscription');
  }

  /** The subscription had its turn: it goes behind the others. Nothing when its id is no longer its own. */
  moveBehind(subscription: WebSocketSubscription): void {
    if (this.#byId === undefined || this.#byId.get(subscription.id) !== subscription) return;
    this.#byId.delete(subscription.id);
    this.#byId.set(subscription.id, subscription);
  }

  #get(id: string): Reservation | undefined {
    if (this.#byId !== undefined) return this.#byId.get(id);
    return this.#only?.id === id ? this.#only : undefined;
  }

  #all(): Reservation[] {
    if (this.#byId !== undefined) return [...this.#byId.values()];
    return this.#only === undefined ? [] : [this.#only];
  }

  #delete(reservation: Reservation): void {
    if (this.#byId === undefined) this.#only = undefined;
    else {
      this.#byId.delete(reservation.id);
      if (this.#byId.size === 0) this.#byId = undefined;
    }
    if (reservation.type === 'subscription') this.#subscriptionCount -= 1;
  }
}
