/** How much weight a log line has, lightest first. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export function isLogLevel(text: string): text is LogLevel {
  return (LOG_LEVELS as readonly string[]).includes(text);
}

/** The lightest lines that are written; it can be changed while the process runs. */
export class LogThreshold {
  level: LogLevel;

  constructor(level: LogLevel) {
    this.level = level;
  }

  passes(level: LogLevel): boolean {
    return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(this.level);
  }
}
