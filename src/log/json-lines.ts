import { pino } from 'pino';
import { cleanFields, cleanText } from './clean-fields.ts';
import type { LogLevel } from './log-threshold.ts';
import type { LogFields } from './logger.ts';

/** Writes one line: the level is not looked at. */
export type WriteLine = (level: LogLevel, message: string, fields: LogFields) => void;

/** What JSON leaves as it is although terminals obey it: C1 controls, line separators, changes of direction. */
const LEFT_BY_JSON = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * A log for machines: one JSON object a line, with `level`, `time` (ISO 8601), the fields and `message`, written by pino. `now` gives
 * milliseconds since the epoch.
 */
export function jsonLines(write: (line: string) => void, now: () => number): WriteLine {
  const log = pino(
    {
      level: 'debug',
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
      formatters: { level: (level) => ({ level }) },
    },
    { write: (line: string) => write(line.replaceAll(LEFT_BY_JSON, escaped)) },
  );
  return (level, message, fields) => {
    // The log's own members cannot be taken by a field: of two members with one name readers take either.
    const { level: _level, time: _time, message: _message, ...others } = cleanFields(fields);
    log[level](others, cleanText(message));
  };
}

/** Such a character can only stand within a string of the line, where its escape means the same. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
