import { systemClock } from '../time/clock.ts';
import type { Command, Invocation } from './command.ts';
import { DEFAULT_URL } from './default-url.ts';
import { EventPrinter } from './event-printer.ts';
import { EXIT_CODES } from './exit-code.ts';
import { printable } from './paint.ts';
import { readSubscribeSettings } from './subscribe-settings.ts';
import { flagsAreGood, reportUsage } from './usage.ts';
import { type SubscriptionEnd, watchSubscription } from './watch-subscription.ts';

/** `sluice subscribe`. */
export const subscribe: Command = {
  name: 'subscribe',
  operands: 'SUBSCRIPTION',
  summary: 'Print the events of a GraphQL subscription as they come.',
  description: [
    'Prints each event: for people on a terminal, one GraphQL result as JSON a line otherwise (data, and errors and extensions where there are any). ' +
      'Errors inside an event and gaps in the stream are shown, and the stream goes on.',
    'When the connection is lost it connects again, and says so. On BUFFERED and DURABLE topics it goes on with the next event; on EPHEMERAL ones what was published in between is lost, and it says that, too.',
  ],
  flags: [
    { name: 'variables', placeholder: 'JSON', help: 'Variables of the subscription, as a JSON object.' },
    {
      name: 'cursor',
      placeholder: 'CURSOR',
      help: 'Go on after this cursor, as an earlier result has it in extensions.cursor.',
    },
    { name: 'count', placeholder: 'N', help: 'End after N events.' },
    { name: 'json', placeholder: '', help: 'One JSON object a line, also on a terminal.' },
    { name: 'url', placeholder: 'URL', help: `The gateway. [${DEFAULT_URL}]` },
  ],
  settings: false,
  examples: [
    "sluice subscribe 'subscription { quake { id magnitude place } }'",
    "sluice subscribe 'subscription { quake(where: { magnitude: { gte: 4 } }) { place magnitude } }' --count 10",
    'sluice subscribe \'subscription ($n: ID!) { quake(network: $n) { id } }\' --variables \'{"n":"us"}\' | jq .data.quake.id',
  ],
  exitCodes: [
    [0, 'the count was reached, the server ended the stream, or you did (without --count)'],
    [1, 'the subscription was refused, the gateway cannot be reached, or it ended before the count'],
    [2, 'wrong usage'],
  ],
  run,
};

async function run({ flags, io }: Invocation): Promise<number> {
  if (!flagsAreGood(io.stderr, 'subscribe', flags)) return EXIT_CODES.usage;
  const settings = readSubscribeSettings(flags, DEFAULT_URL);
  if (typeof settings === 'string') {
    reportUsage(io.stderr, 'subscribe', settings);
    return EXIT_CODES.usage;
  }
  const printer = new EventPrinter(io, settings.json, systemClock);
  let events = 0;
  const watched = watchSubscription({
    url: settings.url,
    query: settings.query,
    variables: settings.variables,
    cursor: settings.cursor,
    onResult(result) {
      // More may stand in one message block than were asked for.
      if (events === settings.count) return;
      events += 1;
      printer.result(result);
      if (events === settings.count) watched.stop();
    },
    onNotice: (notice) => printer.notice(notice),
  });
  const end = io.onSignal(() => watched.stop());
  const ended = await watched.ended;
  end();
  return exitCode(ended, settings.count === undefined || events === settings.count, (text) =>
    io.stderr.write(`${printable(text)}\n`),
  );
}

function exitCode(ended: SubscriptionEnd, countReached: boolean, say: (text: string) => void): number {
  switch (ended.type) {
    case 'refused':
      for (const { message, code } of ended.errors) say(code === '' ? message : `${code}: ${message}`);
      return EXIT_CODES.failed;
    case 'failed':
      say(ended.message);
      return EXIT_CODES.failed;
    case 'completed':
      if (!countReached) say('The server ended the subscription before the count was reached.');
      return countReached ? EXIT_CODES.ok : EXIT_CODES.failed;
    case 'stopped':
      return countReached ? EXIT_CODES.ok : EXIT_CODES.failed;
    default:
      return ended satisfies never;
  }
}
