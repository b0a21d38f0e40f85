import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../time/clock.ts';
import type { Command, Invocation } from './command.ts';
import { DEFAULT_URL } from './default-url.ts';
import { EXIT_CODES } from './exit-code.ts';
import { findMutation } from './find-mutation.ts';
import { type EventLine, readEventLines } from './line-reader.ts';
import { Pace } from './pace.ts';
import { type EventToPublish, publishEvents } from './publish-events.ts';
import { PublishReport } from './publish-report.ts';
import { type PublishSettings, readPublishSettings } from './publish-settings.ts';
import { flagsAreGood, reportUsage } from './usage.ts';

/** Most text that goes into one request, in UTF-16 units; one longer event goes alone. */
const MAX_BATCH_LENGTH = 256 * 1024;

/** `sluice publish`. */
export const publish: Command = {
  name: 'publish',
  operands: 'TYPE [JSON]',
  summary: 'Publish events through a running gateway.',
  description: [
    'Publishes one event given as JSON, or a file with one JSON object a line, through the mutation of the event type. ' +
      'Events go out in the order of the file, and each gets the answer of its broker. A line that is not JSON, or does not fit the type, ' +
      'is reported with its place, and the rest goes on.',
    'At the end it says how many events were acknowledged, rejected (not stored; they never will pass), unavailable (not stored; try again) ' +
      'and unknown (they may or may not be stored).',
  ],
  flags: [
    { name: 'file', placeholder: 'FILE', help: 'Publish the lines of this file; - is standard input.' },
    { name: 'rate', placeholder: 'N', help: 'At most N events a second. [as fast as they are acknowledged]' },
    { name: 'batch', placeholder: 'N', help: 'Events of one request, 1 to 1000. [100]' },
    { name: 'url', placeholder: 'URL', help: `The gateway. [${DEFAULT_URL}]` },
    { name: 'json', placeholder: '', help: 'Print the outcome of each event as one JSON object a line.' },
  ],
  settings: false,
  examples: [
    'sluice publish ChatMessage \'{"id":"1","room":"lobby","author":"Ada","text":"Hello","sentAt":"2026-01-01T12:00:00Z"}\'',
    'sluice publish Quake --file examples/earthquakes/data/earthquakes.jsonl --rate 50',
    'tail -f events.jsonl | sluice publish Quake --file - --json',
  ],
  exitCodes: [
    [0, 'every event was acknowledged'],
    [1, 'at least one was not, or it was interrupted'],
    [2, 'wrong usage'],
  ],
  run,
};

async function run({ flags, folder, io }: Invocation): Promise<number> {
  if (!flagsAreGood(io.stderr, 'publish', flags)) return EXIT_CODES.usage;
  const settings = readPublishSettings(flags, DEFAULT_URL);
  if (typeof settings === 'string') {
    reportUsage(io.stderr, 'publish', settings);
    return EXIT_CODES.usage;
  }
  const mutation = await findMutation(settings.url, settings.typeName);
  if (mutation.type === 'failed') {
    io.stderr.write(`${mutation.message}\n`);
    return EXIT_CODES.failed;
  }
  let interrupted = false;
  const end = io.onSignal(() => {
    if (interrupted) io.exit(EXIT_CODES.failed);
    interrupted = true;
  });
  const report = new PublishReport(io, settings.source.name, settings.json);
  try {
    const gone = await publishAll(settings, mutation.query, folder, io.stdin, report, () => interrupted);
    if (gone) io.stderr.write(`${settings.url} is gone: what follows was not sent.\n`);
    else if (interrupted) io.stderr.write('Interrupted: what follows was not sent.\n');
    return report.finish() && !gone && !interrupted ? EXIT_CODES.ok : EXIT_CODES.failed;
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    report.finish();
    io.stderr.write(`${settings.source.name} cannot be read: ${error.message}\n`);
    return EXIT_CODES.failed;
  } finally {
    end();
  }
}

/** Resolves with true when the server was gone before the end. */
async function publishAll(
  settings: PublishSettings,
  query: string,
  folder: string,
  stdin: AsyncIterable<Uint8Array>,
  report: PublishReport,
  interrupted: () => boolean,
): Promise<boolean> {
  const pace = settings.rate === undefined ? undefined : new Pace(systemClock, settings.rate);
  // With a rate, a batch holds what is due within a twentieth of a second, so that events flow instead of lurching.
  const size = settings.rate === undefined ? settings.batch : clamp(Math.ceil(settings.rate / 20), 1, settings.batch);
  for await (const lines of linesOf(settings, folder, stdin)) {
    const events = lines.flatMap((line) => goodEvent(line, report));
    for (const batch of batchesOf(events, size)) {
      const wait = pace?.take(batch.length) ?? 0;
      if (wait > 0) await sleep(wait);
      if (interrupted()) return false;
      const { outcomes, serverGone } = await publishEvents(settings.url, query, batch);
      report.add(outcomes);
      if (serverGone) return true;
    }
  }
  return false;
}

function linesOf(
  { source }: PublishSettings,
  folder: string,
  stdin: AsyncIterable<Uint8Array>,
): AsyncIterable<readonly EventLine[]> {
  switch (source.type) {
    case 'argument':
      return readEventLines(oneChunk(source.json.replaceAll(/[\r\n]/g, ' ')));
    case 'stdin':
      return readEventLines(stdin);
    case 'file':
      return readEventLines(createReadStream(resolve(folder, source.name)));
    default:
      throw source satisfies never;
  }
}

async function* oneChunk(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** The event of a line; none after its problem was reported. The text itself is sent, so that its numbers stay exact. */
function goodEvent({ number, text, problem }: EventLine, report: PublishReport): readonly EventToPublish[] {
  const bad = (message: string): readonly EventToPublish[] => {
    report.add([{ type: 'rejected', line: number, code: 'BAD_LINE', message }]);
    return [];
  };
  if (text === undefined) return bad(problem ?? 'the line cannot be read');
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return [{ line: number, text }];
    return bad('an event is a JSON object');
  } catch (error) {
    return bad(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function* batchesOf(events: readonly EventToPublish[], size: number): Generator<readonly EventToPublish[]> {
  let batch: EventToPublish[] = [];
  let length = 0;
  for (const event of events) {
    if (batch.length > 0 && (batch.length >= size || length + event.text.length > MAX_BATCH_LENGTH)) {
      yield batch;
      batch = [];
      length = 0;
    }
    batch.push(event);
    length += event.text.length;
  }
  if (batch.length > 0) yield batch;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
