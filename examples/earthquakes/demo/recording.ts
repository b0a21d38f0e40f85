import { readFile } from 'node:fs/promises';

/** One event of the recording. */
export interface RecordedEvent {
  /** The type it is published as. */
  readonly type: 'Quake' | 'Departure' | 'ChatMessage';
  /** When it happens, in milliseconds from the start of the recorded week. */
  readonly at: number;
  readonly value: Readonly<Record<string, unknown>>;
}

const DATA = new URL('../data/', import.meta.url);

/** Quakes from this magnitude on are talked about in the chat. */
const NEWSWORTHY = 5;

/** The week, in order of time: its quakes, three weeks of flights squeezed into it, and a chat about the large quakes. */
export async function readRecording(): Promise<readonly RecordedEvent[]> {
  const quakes = timed('Quake', await readLines('earthquakes.jsonl'), (value) => Number(value['time']));
  const flights = timed('Departure', await readLines('flights.jsonl'), (value) =>
    Date.parse(String(value['departure'])),
  );
  const week = quakes.at(-1)?.at ?? 0;
  const squeeze = week / (flights.at(-1)?.at ?? week);
  return [
    ...quakes,
    ...flights.map((flight) => ({ ...flight, at: flight.at * squeeze })),
    ...quakes.filter(({ value }) => Number(value['magnitude']) >= NEWSWORTHY).map(chatAbout),
  ].sort((one, other) => one.at - other.at);
}

async function readLines(file: string): Promise<readonly Record<string, unknown>[]> {
  const text = await readFile(new URL(file, DATA), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function timed(
  type: RecordedEvent['type'],
  values: readonly Record<string, unknown>[],
  timeOf: (value: Record<string, unknown>) => number,
): readonly RecordedEvent[] {
  const start = timeOf(values[0] ?? {});
  return values.map((value) => ({ type, at: timeOf(value) - start, value }));
}

function chatAbout({ at, value }: RecordedEvent): RecordedEvent {
  return {
    type: 'ChatMessage',
    at,
    value: {
      id: `about-${value['id']}`,
      room: 'quakes',
      author: 'desk',
      text: `Magnitude ${value['magnitude']}, ${value['place'] ?? 'somewhere'}`,
      sentAt: new Date(Number(value['time'])).toISOString(),
    },
  };
}
