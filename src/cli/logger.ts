import { redact } from '../config/redact.ts';
import type { LogFields, Logger } from '../log/logger.ts';
import type { Clock } from '../time/clock.ts';
import type { Output } from './io.ts';
import { paint, printable, type Style } from './paint.ts';

type Level = 'info' | 'warn' | 'error';

/** Longest text of a field, in UTF-16 units; what is longer is cut and ends in `…` (A72). */
const MAX_FIELD_LENGTH = 1024;

const STYLES: Readonly<Record<Level, Style>> = { info: 'green', warn: 'yellow', error: 'red' };

/**
 * Log lines on a stream: for people on a terminal, one JSON object a line (`time`, `level`, `message` and the fields) otherwise.
 * One call is always one line; credentials in URLs are redacted. Never throws.
 */
export function createLogger(output: Output, clock: Clock): Logger {
  const line = output.isTTY ? humanLine : jsonLine;
  const at =
    (level: Level) =>
    (message: string, fields: LogFields = {}): void => {
      try {
        output.write(line(output, level, new Date(clock.now()), message, fields));
      } catch {
        // A log stream that is gone must not take the gateway with it.
      }
    };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

function jsonLine(_output: Output, level: Level, time: Date, message: string, fields: LogFields): string {
  const clean = Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? tidy(value) : value]);
  // The logger's own members come last: a field cannot take their place.
  const own = { time: time.toISOString(), level, message: tidy(message) };
  return `${JSON.stringify({ ...own, ...Object.fromEntries(clean), ...own })}\n`;
}

function humanLine(output: Output, level: Level, time: Date, message: string, fields: LogFields): string {
  const clock = paint(output, 'dim', time.toISOString().slice(11, 23));
  const facts = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${paint(output, 'dim', `${name}=`)}${factText(value)}`);
  return `${clock} ${paint(output, STYLES[level], level.padEnd(5))} ${printable(tidy(message))}${facts.join('')}\n`;
}

function factText(value: string | number | boolean | undefined): string {
  if (typeof value !== 'string') return String(value);
  const text = tidy(value);
  return /^[^\s"=]+$/.test(text) ? printable(text) : printable(JSON.stringify(text));
}

function tidy(text: string): string {
  const safe = text.replaceAll(/[a-z][a-z0-9+.-]*:\/\/[^\s]*@/gi, (url) => redact(url));
  return safe.length > MAX_FIELD_LENGTH ? `${safe.slice(0, MAX_FIELD_LENGTH)}…` : safe;
}
