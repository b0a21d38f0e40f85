import { eventually } from '../support/eventually.ts';
import { type FuzzedServer, startFuzzedServer } from './fuzzed-server.ts';
import { HealthyClient } from './healthy-client.ts';
import { eventStreamSession, httpSession } from './http-session.ts';
import type { Memory } from './server-messages.ts';
import { Tally } from './tally.ts';
import { websocketSession } from './websocket-session.ts';

export interface FuzzOptions {
  readonly seed: number;
  /** Sent at least. */
  readonly messages: number;
  /** Only this session, to look at it alone. */
  readonly session?: number | undefined;
  /** Told now and then how many messages were sent. */
  readonly onProgress?: ((messages: number) => void) | undefined;
}

export interface FuzzReport {
  readonly messages: number;
  readonly sessions: number;
  readonly seconds: number;
  /** What should not have happened; empty when all is well. */
  readonly problems: readonly string[];
  readonly counts: ReadonlyMap<string, number>;
  /** When half of the messages was sent, all but the healthy client gone; undefined for a single session. */
  readonly warm: Memory | undefined;
  readonly after: Memory | undefined;
}

/** How much larger the heap may be at the end than it was in the middle, in bytes: what still fills up, such as the ring of the healthy client. */
export const HEAP_GROWTH_BOUND: number = 24 * 1_048_576;

/** Connections at once. */
const CONCURRENT = 8;
/** What was sent when the memory is measured for the first time: by then the caches are full. */
const WARM_SHARE = 0.5;

/** Throws messages at a server of its own. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzReport> {
  const tally = new Tally();
  const started = performance.now();
  const server = await startFuzzedServer((text) => tally.problem(text));
  const healthy = new HealthyClient(server.url, tally);
  let sessions = 0;
  let warm: Memory | undefined;
  let after: Memory | undefined;
  const next = (): number => sessions++;
  try {
    await healthy.start();
    if (options.session !== undefined) await runSession(server, options.seed, options.session, tally);
    else {
      await sessionsUntil(options.messages * WARM_SHARE, next, server, options, tally);
      warm = await quietMemory(server, 1, tally);
      await sessionsUntil(options.messages, next, server, options, tally);
    }
    await healthy.stop();
    after = await quietMemory(server, 0, tally);
    if (warm !== undefined && after !== undefined && after.heapUsed - warm.heapUsed > HEAP_GROWTH_BOUND) {
      tally.problem(`the heap grew from ${warm.heapUsed} to ${after.heapUsed} bytes`);
    }
  } catch (error) {
    tally.problem(error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    await server.stop();
  }
  const seconds = (performance.now() - started) / 1000;
  const { messages, problems, counts } = tally;
  return { messages, sessions, seconds, problems, counts, warm, after };
}

/** Sessions side by side, until so many messages were sent or something is wrong. */
async function sessionsUntil(
  messages: number,
  next: () => number,
  server: FuzzedServer,
  { seed, onProgress }: FuzzOptions,
  tally: Tally,
): Promise<void> {
  async function lane(): Promise<void> {
    while (tally.messages < messages && tally.problems.length === 0 && server.exit === undefined) {
      await runSession(server, seed, next(), tally);
      onProgress?.(tally.messages);
    }
  }
  await Promise.all(Array.from({ length: CONCURRENT }, lane));
}

/** One connection; what it sends follows from the seed and its number. */
async function runSession({ port }: FuzzedServer, seed: number, number: number, tally: Tally): Promise<void> {
  const own = (seed ^ Math.imul(number + 1, 0x9e3779b1)) >>> 0;
  const kind = number % 4;
  const run = kind < 2 ? websocketSession : kind === 2 ? httpSession : eventStreamSession;
  const name = `session ${number} (SLUICE_TEST_SEED=${seed} SLUICE_FUZZ_SESSION=${number})`;
  try {
    await run(port, own, name, tally);
  } catch (error) {
    tally.problem(`${name}: ${String(error)}`);
  }
}

/** Waits until nobody but the healthy client is connected, with its one subscription, and measures. */
async function quietMemory(server: FuzzedServer, clients: number, tally: Tally): Promise<Memory | undefined> {
  try {
    await eventually(
      async () => {
        const metrics = await server.metrics();
        const connections = gaugeOf(metrics, 'sluice_connections');
        const subscriptions = gaugeOf(metrics, 'sluice_subscriptions');
        const { tails } = await server.memory();
        if (connections === clients && subscriptions === clients && tails === clients) return true;
        throw new Error(
          `${connections} connections, ${subscriptions} subscriptions, ${tails} tails; ${clients} expected`,
        );
      },
      { what: 'what is left of the fuzz', deadlineMs: 60_000 },
    );
  } catch (error) {
    tally.problem(String(error));
  }
  return server.memory();
}

/** The sum of a gauge over its labels. */
function gaugeOf(metrics: string, name: string): number {
  let sum = 0;
  for (const [, value] of metrics.matchAll(new RegExp(`^${name}(?:\\{[^\\n]*\\})? (\\S+)$`, 'gm')))
    sum += Number(value);
  return sum;
}
