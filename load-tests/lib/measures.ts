import { Counter, Trend } from 'k6/metrics';
import { complain } from './console.ts';
import type { Delivery } from './deliveries.ts';
import type { SequenceCheck } from './sequence.ts';

/** Milliseconds from the time at which an event was due to its arrival. Tags: `delivery`, `role`. */
export const e2eLatency: Trend = new Trend('e2e_latency', true);
/** Until a WebSocket is open. */
export const connectTime: Trend = new Trend('connect_time', true);
/** From `connection_init` to `connection_ack`. */
export const ackTime: Trend = new Trend('ack_time', true);
/** From the new socket of a client that comes back to its place in the stream. */
export const resumeTime: Trend = new Trend('resume_time', true);
/** From the subscription to the last event of what is kept. */
export const replayTime: Trend = new Trend('replay_time', true);
/** From a publish to its receipt. */
export const publishTime: Trend = new Trend('publish_time', true);

/** What subscribers had to get; the tool holds it against what they got and what they were told that they lost. */
const eventsExpected = new Counter('events_expected');
const eventsReceived = new Counter('events_received');
/** EPHEMERAL only: holes that `extensions.gap` told of. */
const eventsFlagged = new Counter('events_flagged');
/** Holes that nobody told of. */
const gaps = new Counter('gaps');
const duplicates = new Counter('duplicates');
const reorders = new Counter('reorders');
/** Subscribers that came to their end. */
const finished = new Counter('subscribers_finished');
const errors = new Counter('errors');
const published = new Counter('events_published');

/** What one subscriber saw, once, at its end. */
export interface Account {
  readonly delivery: Delivery;
  readonly role: string;
  readonly expected: number;
  readonly flagged: number;
  readonly check: SequenceCheck;
}

export function settle({ delivery, role, expected, flagged, check }: Account): void {
  const tags = { delivery, role };
  eventsExpected.add(expected, tags);
  eventsReceived.add(check.received, tags);
  eventsFlagged.add(flagged, tags);
  gaps.add(check.missing, tags);
  duplicates.add(check.duplicates, tags);
  reorders.add(check.reorders, tags);
  finished.add(1, tags);
  if (check.missing + check.duplicates + check.reorders > 0) {
    complain(
      `${delivery} ${role}: of ${expected} events ${check.missing} missing, ${check.duplicates} doubled, ${check.reorders} out of order`,
    );
  }
}

/** For checks that have no subscriber behind them: acknowledged events that somebody else must get. */
export function expectEvents(count: number, delivery: Delivery): void {
  eventsExpected.add(count, { delivery, role: 'subscriber' });
}

export function countPublished(count: number, delivery: Delivery): void {
  published.add(count, { delivery });
}

/** Nothing of the kind may happen in a run. */
export function fail(reason: string): void {
  errors.add(1);
  complain(reason);
}
