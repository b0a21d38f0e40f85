/** Facts that go with a log line: short, and free of secrets. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where a part of the gateway says what people should know. Never throws. */
export interface Logger {
  /**
   * What only matters to somebody who is looking for a fault. Undefined while nobody wants to hear it, so that
   * `log.debug?.(message, {…})` does not even make its fields then.
   */
  readonly debug?: ((message: string, fields?: LogFields) => void) | undefined;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Says nothing. */
export const silentLogger: Logger = { info() {}, warn() {}, error() {} };
