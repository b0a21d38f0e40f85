import type { LogFields, Logger } from './logger.ts';

/** The same log, with facts that every line carries. */
export function withFields(log: Logger, fields: LogFields): Logger {
  return {
    // Asked each time: the level may change.
    get debug() {
      const { debug } = log;
      return debug && ((message: string, own?: LogFields): void => debug(message, { ...fields, ...own }));
    },
    info: (message, own) => log.info(message, { ...fields, ...own }),
    warn: (message, own) => log.warn(message, { ...fields, ...own }),
    error: (message, own) => log.error(message, { ...fields, ...own }),
  };
}
