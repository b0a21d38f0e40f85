import { EXIT_CODES } from './cli/exit-code.ts';
import { processIo } from './cli/process-io.ts';
import { run } from './cli/run.ts';
import { systemClock } from './time/clock.ts';

const io = processIo(process, process.env);

/** The state of the program is unknown after this, so it ends; what runs it starts it again. */
function endAfterBug(what: string, error: unknown): void {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  // Loaded here: most commands log nothing. A server has it loaded long since.
  import('./cli/logger.ts')
    .then(({ createLogger }) => createLogger(io.stderr, systemClock).error(`a bug in Sluice: ${what}`, { detail }))
    .catch(() => io.stderr.write(`a bug in Sluice: ${what}\n${detail}\n`))
    .finally(() => process.exit(EXIT_CODES.bug));
}
process.on('uncaughtException', (error) => endAfterBug('uncaught exception', error));
process.on('unhandledRejection', (error) => endAfterBug('unhandled rejection', error));

// A reader that has gone (`| head`) ends the program quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT_CODES.ok);
  endAfterBug('standard output', error);
});

try {
  process.exitCode = await run({ words: process.argv.slice(2), environment: process.env, folder: process.cwd(), io });
} catch (error) {
  endAfterBug('a command failed', error);
}
