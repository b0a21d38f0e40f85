// What a program does when it is told to stop: clean up once, then end as the signal asks.

import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs `cleanUp` on the first stop signal and then exits with 128 + the signal's number. A second signal exits at once.
 * @param {() => Promise<unknown>} cleanUp
 */
export function onStopSignal(cleanUp) {
  let stopping = false;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      const exit = () => process.exit(128 + constants.signals[signal]);
      if (stopping) {
        exit();
        return;
      }
      stopping = true;
      cleanUp().then(exit, exit);
    });
  }
}
