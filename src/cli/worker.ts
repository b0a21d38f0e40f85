import { LogThreshold } from '../log/log-threshold.ts';
import { systemClock } from '../time/clock.ts';
import { EXIT_CODES } from './exit-code.ts';
import type { CliIo } from './io.ts';

/** The word that makes the program one of the workers of `sluice serve --workers N`. No command for people: help does not list it. */
export const WORKER_WORD = 'worker';

/** Runs as a worker until the process that started it says otherwise. */
export async function runWorkerCommand(io: CliIo): Promise<number> {
  // Loaded here: they bring all drivers, which no other command should wait for.
  const [{ ordersOf }, { runWorker }, { createLogger }] = await Promise.all([
    import('../workers/orders.ts'),
    import('../workers/worker.ts'),
    import('./logger.ts'),
  ]);
  const orders = ordersOf(process);
  if (orders === undefined) {
    io.stderr.write('sluice worker is started by sluice serve --workers N. Start that instead.\n');
    return EXIT_CODES.usage;
  }
  // A terminal and some service managers send a signal to every process of the server; the primary decides what becomes of it.
  io.onSignal(() => {});
  const threshold = new LogThreshold('info');
  const end = await runWorker(orders, createLogger(io.stderr, systemClock, threshold), threshold);
  const code = end === 'drained' ? EXIT_CODES.ok : EXIT_CODES.failed;
  // The link to the primary, and whatever was cut off, would keep the process.
  io.exit(code);
  return code;
}
