import { findMutation } from '../../../src/cli/find-mutation.ts';
import { publishEvents } from '../../../src/cli/publish-events.ts';
import type { RecordedEvent } from './recording.ts';

type EventType = RecordedEvent['type'];

const TYPES: readonly EventType[] = ['Quake', 'Departure', 'ChatMessage'];

/** Most events of one request. */
const BATCH = 200;

/** Publishes events through the mutations of a gateway, in order per type, and counts the answers. */
export class Player {
  readonly acknowledged: Record<EventType, number> = { Quake: 0, Departure: 0, ChatMessage: 0 };
  /** Answers that were no acknowledgement, in words. */
  readonly failures: string[] = [];
  readonly #url: string;
  readonly #mutations: ReadonlyMap<EventType, string>;

  private constructor(url: string, mutations: ReadonlyMap<EventType, string>) {
    this.#url = url;
    this.#mutations = mutations;
  }

  static async connect(url: string): Promise<Player> {
    const mutations = new Map<EventType, string>();
    for (const type of TYPES) {
      const found = await findMutation(url, type);
      if (found.type === 'failed') throw new Error(found.message);
      mutations.set(type, found.query);
    }
    return new Player(url, mutations);
  }

  /** Publishes events, those of one type in their order; resolves when all are answered. */
  async publish(events: readonly Pick<RecordedEvent, 'type' | 'value'>[]): Promise<void> {
    await Promise.all(
      TYPES.map(async (type) => {
        const own = events.filter((event) => event.type === type);
        for (let start = 0; start < own.length; start += BATCH) await this.#send(type, own.slice(start, start + BATCH));
      }),
    );
  }

  async #send(type: EventType, events: readonly Pick<RecordedEvent, 'value'>[]): Promise<void> {
    const lines = events.map(({ value }, index) => ({ line: index + 1, text: JSON.stringify(value) }));
    const { outcomes } = await publishEvents(this.#url, this.#mutations.get(type) ?? '', lines);
    for (const outcome of outcomes) {
      if (outcome.type === 'acknowledged') this.acknowledged[type] += 1;
      else this.failures.push(`${type}: ${outcome.type} ${outcome.code} ${outcome.message}`);
    }
  }
}
