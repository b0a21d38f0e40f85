/** Where events go: a broker itself, or a mutation of the server. */
export interface Publisher {
  /** Sends the event with this number, on a stream counted from 0; false when it cannot now, and the event is offered again later. */
  publish(number: number, stream: number): boolean;
  /** Once after a series of `publish`. */
  flush(): void;
  /** Whether events reach the broker in the order in which they are published: several connections side by side set none. */
  readonly ordered: boolean;
  /** Publishes that were refused. */
  readonly failures: number;
  /** Publishes whose answer is awaited; 0 where answers are not looked at one by one. */
  readonly unanswered: number;
  close(): void;
}
