import type { WriteStream } from 'node:tty';
import type { Environment } from '../config/variables.ts';
import type { CliIo, Output } from './io.ts';

/** The process's own streams and signals. */
export function processIo(process: NodeJS.Process, environment: Environment): CliIo {
  return {
    stdout: output(process.stdout, environment),
    stderr: output(process.stderr, environment),
    stdin: process.stdin,
    onSignal(listener) {
      process.on('SIGINT', listener);
      process.on('SIGTERM', listener);
      return () => {
        process.off('SIGINT', listener);
        process.off('SIGTERM', listener);
      };
    },
    onHangUp(listener) {
      if (process.stdout.isTTY === true) return () => {};
      process.on('SIGHUP', listener);
      return () => process.off('SIGHUP', listener);
    },
    exit: (code) => process.exit(code),
  };
}

function output(stream: WriteStream, environment: Environment): Output {
  const isTTY = stream.isTTY === true;
  // NO_COLOR counts when it is there and not empty (no-color.org).
  const plain = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
  return {
    write: (text) => void stream.write(text),
    isTTY,
    get columns() {
      return stream.columns ?? 80;
    },
    colour: isTTY && !plain,
  };
}
