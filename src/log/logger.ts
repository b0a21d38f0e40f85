/** Facts that go with a log line: short, and free of secrets. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where a part of the gateway says what people should know. Never throws. */
export interface Logger {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Says nothing. */
export const silentLogger: Logger = { info() {}, warn() {}, error() {} };
