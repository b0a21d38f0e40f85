import { setTimeout as pause } from 'node:timers/promises';
import type { Audience } from './audience.ts';
import type { Publisher } from './publisher.ts';

const ROUND_MS = 1_000;
const ROUNDS = 30;

/**
 * Publishes one event per stream until all connections have had one: only then are the subscriptions surely at the broker.
 * Resolves with the number from which to go on, a multiple of the streams; rejects when connections stay deaf.
 */
export async function settle(audience: Audience, publisher: Publisher, firstNumber: number): Promise<number> {
  const { streams, size, check } = audience;
  let first = Math.ceil(firstNumber / streams) * streams;
  for (let round = 0; round < ROUNDS; round += 1) {
    audience.expectFrom(first);
    for (let stream = 0; stream < streams; stream += 1) {
      while (!publisher.publish(first + stream, stream)) {
        publisher.flush();
        await pause(1);
      }
    }
    publisher.flush();
    const deadline = performance.now() + ROUND_MS;
    while (check.unique < size && performance.now() < deadline) await pause(10);
    if (audience.lost > 0) throw new Error(`connections were lost: ${audience.reasons.join('; ')}`);
    if (publisher.failures > 0) throw new Error('the events could not be published');
    first += streams;
    if (check.unique === size) return first;
  }
  throw new Error(`only ${check.unique} of ${size} connections get events after ${ROUNDS} rounds`);
}
