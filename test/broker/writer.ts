import { setTimeout as pause } from 'node:timers/promises';
import type { PublishOutcome } from '../../src/broker/outcome.ts';
import type { Broker } from '../../src/broker/port.ts';
import type { Topic, TopicInstance } from '../../src/routing/topic.ts';
import { eventually } from '../support/eventually.ts';
import { type Bench, within } from './bench.ts';
import type { Published } from './join.ts';

/** A publisher that goes on through a fault, one event every 20 ms, without waiting for answers. */
export class Writer {
  readonly #bench: Bench;
  readonly #calls = new Map<string, Promise<PublishOutcome>>();
  #acknowledged = 0;
  #refused = 0;
  #stopped = false;
  readonly #running: Promise<void>;

  constructor(bench: Bench, broker: Broker, topic: Topic, instance: TopicInstance) {
    this.#bench = bench;
    this.#running = this.#run(broker, topic, instance);
  }

  async #run(broker: Broker, topic: Topic, instance: TopicInstance): Promise<void> {
    for (let n = 0; !this.#stopped; n++) {
      const value = JSON.stringify({ n });
      const call = this.#bench.publish(broker, topic, instance, value);
      this.#calls.set(value, call);
      // A rejection is a broken rule: `stop` meets it again.
      call.then(
        ({ type }) => {
          if (type === 'acknowledged') this.#acknowledged++;
          else this.#refused++;
        },
        () => {},
      );
      await pause(20);
    }
  }

  /** Waits for so many more acknowledgements than now. */
  async acknowledgedMore(count: number): Promise<void> {
    const goal = this.#acknowledged + count;
    await eventually(() => this.#acknowledged >= goal, {
      deadlineMs: 90_000,
      what: `${goal} acknowledgements (${this.#refused} other answers)`,
    });
  }

  /** Waits until a publish was answered with anything but an acknowledgement: the fault has been felt. */
  async refused(): Promise<void> {
    await eventually(() => this.#refused > 0, {
      deadlineMs: this.#bench.adapter.publishDeadlineMs * 4,
      what: 'a publish that the fault reached',
    });
  }

  /** Ends, and gives every answer. Fails when one does not come by the deadline (doubled, for slow machines) or rejects. */
  async stop(): Promise<Published> {
    this.#stopped = true;
    await this.#running;
    const answers = Promise.all([...this.#calls].map(async ([value, call]) => [value, await call] as const));
    return new Map(
      await within(answers, this.#bench.adapter.publishDeadlineMs * 2 + 5_000, 'every publish to be answered'),
    );
  }
}
