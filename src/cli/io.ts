/** One of the two streams that a command writes to. */
export interface Output {
  write(text: string): void;
  /** Is a person looking? */
  readonly isTTY: boolean;
  /** Width of the terminal in characters; 80 where there is none. */
  readonly columns: number;
  /** May text be coloured? False when there is no terminal, or NO_COLOR is set. */
  readonly colour: boolean;
}

/** All that a command knows of its process, so that tests run commands without one. */
export interface CliIo {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Calls back at each SIGINT and SIGTERM until the returned function is called. */
  onSignal(listener: () => void): () => void;
  /** Calls back at each SIGHUP, until the returned function is called. On a terminal it is left alone: there it ends the process. */
  onHangUp(listener: () => void): () => void;
  /** Ends the process at once: for a second signal only. */
  exit(code: number): void;
}
