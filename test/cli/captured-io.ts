import type { CliIo, Output } from '../../src/cli/io.ts';
import { run } from '../../src/cli/run.ts';
import type { Environment } from '../../src/config/variables.ts';

export interface CapturedOutput extends Output {
  text(): string;
}

export interface OutputOptions {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly colour?: boolean;
}

/** A stream that keeps what is written to it. */
export function capturedOutput({ isTTY = false, columns = 80, colour = false }: OutputOptions = {}): CapturedOutput {
  let written = '';
  return {
    write(text) {
      written += text;
    },
    isTTY,
    columns,
    colour,
    text: () => written,
  };
}

export interface CapturedIo extends CliIo {
  readonly stdout: CapturedOutput;
  readonly stderr: CapturedOutput;
  /** Sends a signal to whoever listens; returns how many did. */
  signal(): number;
  /** Codes given to `exit`. */
  readonly exits: number[];
}

/** Streams and signals of a command that runs inside a test. */
export function capturedIo(options: OutputOptions & { readonly stdin?: AsyncIterable<Uint8Array> } = {}): CapturedIo {
  const listeners = new Set<() => void>();
  const exits: number[] = [];
  return {
    stdout: capturedOutput(options),
    stderr: capturedOutput(options),
    stdin: options.stdin ?? (async function* () {})(),
    onSignal(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onHangUp: () => () => {},
    exit: (code) => void exits.push(code),
    signal() {
      for (const listener of listeners) listener();
      return listeners.size;
    },
    exits,
  };
}

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `sluice` with words in a folder, without a process. */
export async function runCaptured(
  words: readonly string[],
  { environment = {}, folder = '/', ...options }: OutputOptions & { environment?: Environment; folder?: string } = {},
): Promise<RunResult> {
  const io = capturedIo(options);
  const code = await run({ words, environment, folder, io });
  return { code, stdout: io.stdout.text(), stderr: io.stderr.text() };
}
