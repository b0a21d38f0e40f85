import type { WebSocketSubscription } from './subscription.ts';

/** One reservation of an operation id by a query or mutation; the object itself is the token (P11). */
export interface SingleReservation {
  readonly type: 'single';
  readonly id: string;
}

export type Reservation = WebSocketSubscription | SingleReservation;

/** The operation ids that are taken on one connection (P9, P10). */
export class Reservations {
  readonly #byId = new Map<string, Reservation>();
  #subscriptionCount = 0;

  get subscriptionCount(): number {
    return this.#subscriptionCount;
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /** The id must be free. */
  add(reservation: Reservation): void {
    this.#byId.set(reservation.id, reservation);
    if (reservation.type === 'subscription') this.#subscriptionCount += 1;
  }

  /** Frees the id; undefined when it is free. */
  take(id: string): Reservation | undefined {
    const reservation = this.#byId.get(id);
    if (reservation !== undefined) this.#delete(reservation);
    return reservation;
  }

  /** Frees the id of this reservation; false when it is no longer its own. */
  release(reservation: Reservation): boolean {
    if (this.#byId.get(reservation.id) !== reservation) return false;
    this.#delete(reservation);
    return true;
  }

  /** Frees all ids. */
  takeAll(): Reservation[] {
    const all = [...this.#byId.values()];
    this.#byId.clear();
    this.#subscriptionCount = 0;
    return all;
  }

  /** Those that wait longest for a turn come first. */
  subscriptions(): WebSocketSubscription[] {
    return [...this.#byId.values()].filter((reservation) => reservation.type === 'subscription');
  }

  /** The subscription had its turn: it goes behind the others. Nothing when its id is no longer its own. */
  moveBehind(subscription: WebSocketSubscription): void {
    if (this.release(subscription)) this.add(subscription);
  }

  #delete(reservation: Reservation): void {
    this.#byId.delete(reservation.id);
    if (reservation.type === 'subscription') this.#subscriptionCount -= 1;
  }
}
