import type { Event } from './event.ts';
import type { EventPlace } from './event-place.ts';
import { encodePayload, invalidEventResult } from './payload.ts';
import type { SubscriptionPlan } from './plan.ts';
import type { ProjectedEvent, Projection } from './projection.ts';

/** What the groups of one instance that differ in their filters alone have in common: the bytes of each event. */
export class Selection {
  readonly #projection: Projection;
  readonly #responseKey: string;
  readonly #traced: boolean;
  /** The payload of the event that is being offered. */
  #payload: Buffer | undefined;

  constructor(plan: SubscriptionPlan) {
    this.#projection = plan.compileProjection();
    this.#responseKey = plan.responseKey;
    this.#traced = plan.traced === true;
  }

  project(event: Event): ProjectedEvent {
    switch (event.type) {
      case 'valid':
        return this.#projection(event.value);
      case 'invalid':
        return invalidEventResult(this.#responseKey, event.reason);
      default:
        throw event satisfies never;
    }
  }

  /** The payload of a live event: projected and encoded for the first group that it passes. True until `forget`. */
  payload(event: Event, place: EventPlace | undefined): Buffer {
    this.#payload ??= encodePayload(this.project(event), {
      cursor: place?.cursor,
      scanCut: false,
      traceparent: this.traceparentOf(event),
    });
    return this.#payload;
  }

  /** The event's, where results are to carry it. */
  traceparentOf(event: Event): string | undefined {
    return this.#traced && event.type === 'valid' ? event.traceparent : undefined;
  }

  /** The event was offered to all; the next one is another. */
  forget(): void {
    this.#payload = undefined;
  }
}
