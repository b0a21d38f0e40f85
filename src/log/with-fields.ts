import type { LogFields, Logger } from './logger.ts';

/** The same log, with facts that every line carries. */
export function withFields(log: Logger, fields: LogFields): Logger {
  return {
    info: (message, own) => log.info(message, { ...fields, ...own }),
    warn: (message, own) => log.warn(message, { ...fields, ...own }),
    error: (message, own) => log.error(message, { ...fields, ...own }),
  };
}
