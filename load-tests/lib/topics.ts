import exec from 'k6/execution';
import type { Sizes } from '../profiles/sizes.ts';
import { batchMutationOf, type Delivery } from './deliveries.ts';
import type { EventSource } from './event-source.ts';
import { GATEWAY_SOCKET_URL } from './gateway.ts';
import { GatewayConnection } from './graphql-transport-ws.ts';
import { type EventFrame, loadEvent } from './load-event.ts';
import { fail } from './measures.ts';
import { type RunPlan, topicOf } from './run-plan.ts';
import { TopicPublisher } from './topic-publisher.ts';

/** A topic instance of a run. */
export interface Topic {
  readonly delivery: Delivery;
  readonly name: string;
  /** See dueTime. */
  readonly phase: number;
}

/** At most so many virtual users publish; each has a timer for each of its topics. */
const PUBLISHER_LIMIT = 12;

export function publisherCount(sizes: Sizes, deliveries: readonly Delivery[]): number {
  return Math.min(PUBLISHER_LIMIT, sizes.topics * deliveries.length);
}

/** All topics of a run. */
export function topicsOf(plan: RunPlan, sizes: Sizes, deliveries: readonly Delivery[]): readonly Topic[] {
  return Array.from({ length: sizes.topics }, (_, index) => index).flatMap((index) =>
    deliveries.map((delivery) => ({ delivery, name: topicOf(plan, index), phase: index / sizes.topics })),
  );
}

/** The part of all that falls to this virtual user, of `users` that each run their function once. */
export function share<T>(all: readonly T[], users: number): readonly T[] {
  const mine = exec.scenario.iterationInTest % users;
  return all.filter((_, index) => index % users === mine);
}

/** What a publishing virtual user does: it publishes its share of the topics to their end. */
export function publishShare(
  plan: RunPlan,
  sizes: Sizes,
  deliveries: readonly Delivery[],
  { endings = 1 }: { readonly endings?: number } = {},
): void {
  const topics = share(topicsOf(plan, sizes, deliveries), publisherCount(sizes, deliveries));
  const sources = topics.map((topic) => sourceOf(plan, sizes, topic));
  publishSources(plan, sizes, sources, endings);
}

function sourceOf({ run }: RunPlan, { bytes }: Sizes, { delivery, name, phase }: Topic): EventSource {
  const frame: EventFrame = { run, topic: name, source: 'publisher', bytes };
  const mark: EventFrame = { ...frame, bytes: 1 };
  return {
    delivery,
    phase,
    mutation: batchMutationOf(delivery),
    call: (now) => [loadEvent(mark, 'CALL', 0, now)],
    event: (sequence, due) => loadEvent(frame, 'EVENT', sequence, due),
    end: (count, now) => [loadEvent(mark, 'END', count, now)],
  };
}

/** Publishes the events of all sources over one socket, each on a timer of its own, to their end. */
export function publishSources(plan: RunPlan, sizes: Sizes, sources: readonly EventSource[], endings = 1): void {
  const publishers: TopicPublisher[] = [];
  let open = sources.length;
  const connection = new GatewayConnection(GATEWAY_SOCKET_URL, {
    ready: () => {
      for (const source of sources) {
        const done = (): void => {
          open -= 1;
          if (open === 0) connection.close();
        };
        publishers.push(new TopicPublisher({ connection, source, plan, sizes, endings, done }));
      }
    },
    lost: (reason) => {
      for (const publisher of publishers) publisher.stop();
      fail(`a publisher lost its socket: ${reason}`);
    },
  });
}
