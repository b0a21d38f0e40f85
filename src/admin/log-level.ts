import type { IncomingMessage } from 'node:http';
import { isLogLevel, LOG_LEVELS, type LogLevel, type LogThreshold } from '../log/log-threshold.ts';
import type { Logger } from '../log/logger.ts';

/** The log level of the process, or of all that serve together. */
export interface LogLevelControl {
  get(): LogLevel;
  set(level: LogLevel): void;
}

/** What `/log-level` reads and sets; `changed` hears of every change. */
export function logLevelControl(
  threshold: LogThreshold,
  log: Logger,
  changed: (level: LogLevel) => void = () => {},
): LogLevelControl {
  return {
    get: () => threshold.level,
    set(level) {
      const before = threshold.level;
      threshold.level = level;
      changed(level);
      // Whoever reads the log later must see why lines are missing, so this one is written whatever the level is.
      log.error('the log level was changed', { from: before, to: level });
    },
  };
}

export interface LogLevelAnswer {
  readonly status: number;
  readonly body: { readonly level: LogLevel } | { readonly error: string };
}

/** The longest level, with room for white space. */
const MAX_BODY_BYTES = 64;

/**
 * `GET /log-level` tells the level, `PUT /log-level` with the level as text sets it. Only from this machine (a shell in the container, a
 * forwarded port), and never for a page in a browser: whoever turns logs off hides what they do next.
 */
export async function answerLogLevel(request: IncomingMessage, control: LogLevelControl): Promise<LogLevelAnswer> {
  if (request.method === 'GET' || request.method === 'HEAD') return { status: 200, body: { level: control.get() } };
  if (request.method !== 'PUT') return refusal(405, 'use GET, or PUT with the level as text');
  if (!isLocal(request.socket.remoteAddress)) return refusal(403, 'the log level is set from this machine only');
  // Browsers name the origin with every PUT, also where a name was rebound to this address.
  if (request.headers.origin !== undefined) return refusal(403, 'the log level is not set by pages in browsers');
  const level = (await bodyOf(request)).trim();
  if (!isLogLevel(level)) return refusal(400, `write one of ${LOG_LEVELS.join(', ')} as the body`);
  control.set(level);
  return { status: 200, body: { level } };
}

function refusal(status: number, error: string): LogLevelAnswer {
  return { status, body: { error } };
}

function isLocal(address: string | undefined): boolean {
  return address !== undefined && /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/.test(address);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MAX_BODY_BYTES) return '';
  }
  return text;
}
