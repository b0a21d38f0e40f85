import { randomUUID } from 'node:crypto';
import type { PublishRequest } from '../broker/port.ts';
import type { Topic, TopicInstance } from '../routing/topic.ts';

/** CloudEvents `source` of every event that is published through Sluice. */
const EVENT_SOURCE = 'sluice';

/** One event on its way to its broker. The attributes are made when they are asked for: Pub/Sub and the memory carry none. */
export class PublishedEvent implements PublishRequest {
  readonly topic: Topic;
  readonly instance: TopicInstance;
  readonly key: string | undefined;
  readonly value: string;
  readonly #time: number;

  /** `time`: milliseconds since the epoch. */
  constructor(topic: Topic, instance: TopicInstance, key: string | undefined, value: string, time: number) {
    this.topic = topic;
    this.instance = instance;
    this.key = key;
    this.value = value;
    this.#time = time;
  }

  get attributes(): ReadonlyMap<string, string> {
    return new Map([
      ['specversion', '1.0'],
      ['id', randomUUID()],
      ['source', EVENT_SOURCE],
      ['type', this.topic.typeName],
      ['time', isoTime(this.#time)],
    ]);
  }
}

let knownSecond = 0;
let secondText = '';

/** As `Date.toISOString`, whose text is kept for the second that it was last made for. */
export function isoTime(time: number): string {
  const milliseconds = time % 1000;
  const second = time - milliseconds;
  if (second !== knownSecond || secondText === '') {
    secondText = new Date(second).toISOString().slice(0, -'000Z'.length);
    knownSecond = second;
  }
  if (!Number.isInteger(milliseconds) || milliseconds < 0) return new Date(time).toISOString();
  return `${secondText}${milliseconds < 10 ? '00' : milliseconds < 100 ? '0' : ''}${milliseconds}Z`;
}
