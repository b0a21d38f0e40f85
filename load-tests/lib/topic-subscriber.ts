import { clearTimeout, setTimeout } from 'k6/timers';
import type { Sizes } from '../profiles/sizes.ts';
import { type Delivery, subscriptionOf } from './deliveries.ts';
import { GatewayConnection } from './graphql-transport-ws.ts';
import { Ledger } from './ledger.ts';
import { ackTime, connectTime, fail } from './measures.ts';
import { endDeadline, type RunPlan } from './run-plan.ts';

export interface TopicSubscriberOptions {
  /** The `ws://` address of /graphql. */
  readonly url: string;
  readonly delivery: Delivery;
  readonly topic: string;
  readonly role: string;
  readonly plan: RunPlan;
  readonly sizes: Sizes;
  /** Selects the text too, which is most of an event. */
  readonly withText?: boolean;
  /** Added to the time in which the end must be heard. */
  readonly patienceMs?: number;
}

/** One socket with one subscription that must get every event of the run. It is over when it has heard the end, or should have. */
export class TopicSubscriber {
  constructor({ url, delivery, topic, role, plan, sizes, withText = false, patienceMs = 0 }: TopicSubscriberOptions) {
    const ledger = new Ledger({ delivery, role, run: plan.run, joinsMidway: false, ended: () => close() });
    const connection = new GatewayConnection(url, {
      ready: (connectMs, ackMs) => {
        connectTime.add(connectMs);
        ackTime.add(ackMs);
        connection.start(
          { query: subscriptionOf(delivery, withText), variables: { topic } },
          {
            next: (result) => ledger.receive(result),
            completed: () => give(`the server ended a subscription of ${delivery}`),
            failed: give,
          },
        );
      },
      lost: give,
    });
    const attached = setTimeout(() => {
      if (!ledger.heard) fail(`a subscriber of ${delivery} was not attached when counting began`);
    }, plan.startAt - Date.now());
    const late = setTimeout(
      () => give(`a subscriber of ${delivery} (${role}) did not hear the end in time, after ${ledger.received} events`),
      endDeadline(plan, sizes) + patienceMs - Date.now(),
    );
    let over = false;
    function give(reason: string): void {
      if (over) return;
      fail(reason);
      ledger.settle();
      close();
    }
    function close(): void {
      over = true;
      clearTimeout(attached);
      clearTimeout(late);
      connection.close();
    }
  }
}
