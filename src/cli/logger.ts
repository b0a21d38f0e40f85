import { cleanFields, cleanText } from '../log/clean-fields.ts';
import { jsonLines, type WriteLine } from '../log/json-lines.ts';
import { type LogLevel, LogThreshold } from '../log/log-threshold.ts';
import type { LogFields, Logger } from '../log/logger.ts';
import type { Clock } from '../time/clock.ts';
import type { Output } from './io.ts';
import { paint, printable, type Style } from './paint.ts';

const STYLES: Readonly<Record<LogLevel, Style>> = { debug: 'cyan', info: 'green', warn: 'yellow', error: 'red' };

/**
 * Log lines on a stream: for people on a terminal, one JSON object a line (`time`, `level`, `message` and the fields) otherwise.
 * One call is always one line; credentials are redacted (A72). Lines below the threshold, as it is at the call, are not written.
 * Never throws.
 */
export function createLogger(output: Output, clock: Clock, threshold: LogThreshold = new LogThreshold('info')): Logger {
  const write = output.isTTY
    ? humanLines(output, clock)
    : jsonLines(
        (line) => output.write(line),
        () => clock.now(),
      );
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      if (!threshold.passes(level)) return;
      try {
        write(level, message, fields);
      } catch {
        // A log stream that is gone must not take the gateway with it.
      }
    };
  const debug = at('debug');
  return {
    get debug() {
      return threshold.passes('debug') ? debug : undefined;
    },
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  };
}

function humanLines(output: Output, clock: Clock): WriteLine {
  return (level, message, fields) => {
    const time = paint(output, 'dim', new Date(clock.now()).toISOString().slice(11, 23));
    const facts = Object.entries(cleanFields(fields)).map(
      ([name, value]) => ` ${paint(output, 'dim', `${printable(name)}=`)}${factText(value)}`,
    );
    const weight = paint(output, STYLES[level], level.padEnd(5));
    output.write(`${time} ${weight} ${printable(cleanText(message))}${facts.join('')}\n`);
  };
}

function factText(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  return /^[^\s"=]+$/.test(value) ? printable(value) : printable(JSON.stringify(value));
}
