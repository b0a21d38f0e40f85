import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { EXIT_CODES } from '../../../src/cli/exit-code.ts';
import type { CliIo } from '../../../src/cli/io.ts';
import { createLogger } from '../../../src/cli/logger.ts';
import type { Config } from '../../../src/config/config.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { startGateway } from '../../../src/gateway.ts';
import { systemClock } from '../../../src/time/clock.ts';
import { DEMO_HELP, type DemoOptions, readDemoOptions } from './options.ts';
import { Player } from './player.ts';
import { type RecordedEvent, readRecording } from './recording.ts';
import { Screen } from './screen.ts';
import { type Subscriber, startSubscribers } from './subscribers.ts';

/** How often what is due is published and the screen is drawn, in milliseconds. */
const TICK_MS = 100;

/** The last events reach their subscribers within this time after their acknowledgement, or the demo has failed. In milliseconds. */
const ARRIVAL_DEADLINE_MS = 20_000;

/** Plays the recorded week through a gateway of its own; resolves with the exit code: 0 when every subscriber got all it should. */
export async function runDemo(words: readonly string[], io: CliIo): Promise<number> {
  const options = readDemoOptions(words);
  if (options === 'help') {
    io.stdout.write(DEMO_HELP);
    return EXIT_CODES.ok;
  }
  if ('wrong' in options) {
    io.stderr.write(`${options.wrong}\n`);
    return EXIT_CODES.usage;
  }
  await rm(options.dataFolder, { recursive: true, force: true });
  const { info: _, ...log } = createLogger(io.stderr, systemClock);
  const gateway = await startGateway(demoConfig(options), { info() {}, ...log });
  const subscribers = startSubscribers(gateway.url);
  const stop = new AbortController();
  const end = io.onSignal(() => stop.abort());
  try {
    io.stdout.write(
      `A gateway on embedded brokers serves ${gateway.url}; its metrics are at ${gateway.adminUrl}/metrics\n\n`,
    );
    const player = await Player.connect(gateway.url);
    await warmUp(player, subscribers);
    const played = await play(player, subscribers, options, io, stop.signal);
    return report(io, player, subscribers, played) ? EXIT_CODES.ok : EXIT_CODES.failed;
  } finally {
    end();
    for (const subscriber of subscribers) subscriber.stop();
    await gateway.close();
  }
}

/** Loopback and free ports: the demo runs beside anything. */
function demoConfig({ dataFolder }: DemoOptions): Config {
  const values = new Map([
    ['schema', fileURLToPath(new URL('../schema.graphql', import.meta.url))],
    ['port', '0'],
    ['admin-port', '0'],
    ['data-dir', dataFolder],
    ['embedded', 'true'],
  ]);
  const loaded = loadConfig({ flags: { values, positionals: [], problems: [] }, environment: {}, folder: dataFolder });
  if (loaded.type === 'invalid') throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  return loaded.config;
}

/** Publishes test events until every subscriber has got one: from then on nobody misses an event. */
async function warmUp(player: Player, subscribers: readonly Subscriber[]): Promise<void> {
  const until = systemClock.monotonic() + ARRIVAL_DEADLINE_MS;
  for (;;) {
    const waiting = subscribers.filter(({ ready }) => !ready);
    if (waiting.length === 0) break;
    throwFailure(subscribers);
    if (systemClock.monotonic() > until) throw new Error(`No event reached: ${waiting[0]?.interest.name}.`);
    await player.publish(waiting.map(({ interest }) => interest.warmUp));
    await sleep(TICK_MS / 2);
  }
  player.acknowledged.Quake = player.acknowledged.Departure = player.acknowledged.ChatMessage = 0;
}

/** Publishes each event when it is due; returns those that were published. */
async function play(
  player: Player,
  subscribers: readonly Subscriber[],
  { speed, seconds }: DemoOptions,
  io: CliIo,
  stop: AbortSignal,
): Promise<readonly RecordedEvent[]> {
  const recording = await readRecording();
  const screen = new Screen(io.stdout, subscribers);
  const started = systemClock.monotonic();
  let next = 0;
  while (next < recording.length && !stop.aborted) {
    const passed = systemClock.monotonic() - started;
    if (passed > seconds * 1000) break;
    const first = next;
    while (next < recording.length && (recording[next]?.at ?? 0) <= passed * speed) next += 1;
    await player.publish(recording.slice(first, next));
    throwFailure(subscribers);
    screen.draw(next / recording.length);
    await sleep(TICK_MS);
  }
  const played = recording.slice(0, next);
  await arrival(subscribers, played);
  screen.draw(next / recording.length);
  return played;
}

/** Waits until every subscriber has got all it should; goes on after the deadline, and the report tells. */
async function arrival(subscribers: readonly Subscriber[], played: readonly RecordedEvent[]): Promise<void> {
  const until = systemClock.monotonic() + ARRIVAL_DEADLINE_MS;
  const complete = (): boolean =>
    subscribers.every((subscriber) => subscriber.received >= expected(subscriber, played));
  while (!complete() && systemClock.monotonic() < until) await sleep(TICK_MS);
}

function expected({ interest }: Subscriber, played: readonly RecordedEvent[]): number {
  return played.filter((event) => interest.wants(event)).length;
}

function throwFailure(subscribers: readonly Subscriber[]): void {
  const failed = subscribers.find(({ failure }) => failure !== undefined);
  if (failed !== undefined) throw new Error(`${failed.interest.name}: ${failed.failure}`);
}

/** Prints the closing counts; true when nothing is missing. */
function report(
  { stdout, stderr }: CliIo,
  { acknowledged, failures }: Player,
  subscribers: readonly Subscriber[],
  played: readonly RecordedEvent[],
): boolean {
  const { Quake, Departure, ChatMessage } = acknowledged;
  stdout.write(`\nAcknowledged: ${Quake} quakes, ${Departure} departures, ${ChatMessage} chat messages.\n`);
  let good = failures.length === 0 && Quake + Departure + ChatMessage === played.length;
  for (const subscriber of subscribers) {
    const wanted = expected(subscriber, played);
    stdout.write(`${subscriber.interest.name}: ${subscriber.received} of ${wanted} received\n`);
    good &&= subscriber.received === wanted && subscriber.failure === undefined;
  }
  for (const failure of failures) stderr.write(`${failure}\n`);
  return good;
}
