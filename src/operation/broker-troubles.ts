import type { BrokerFailure } from '../error/broker-failure.ts';
import { OperationError } from '../error/operation-error.ts';
import type { Logger } from '../log/logger.ts';
import type { Clock } from '../time/clock.ts';

export interface BrokerTroublesOptions {
  readonly log: Logger;
  readonly clock: Clock;
  /** For development: clients are told the reasons too. Default false. */
  readonly verboseErrors?: boolean;
}

/** Failures of brokers are told to the log once in this time, in milliseconds, with the number of those in between. */
const LOG_INTERVAL_MS = 10_000;

/** Tells the log why brokers fail operations, and clients only that they do (A70). */
export class BrokerTroubles {
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #verbose: boolean;
  #loggedAt = Number.NEGATIVE_INFINITY;
  #unlogged = 0;

  constructor({ log, clock, verboseErrors = false }: BrokerTroublesOptions) {
    this.#log = log;
    this.#clock = clock;
    this.#verbose = verboseErrors;
  }

  /** The error that the client gets. */
  told(failure: BrokerFailure): OperationError {
    const { code, reason } = failure;
    const now = this.#clock.monotonic();
    if (now - this.#loggedAt >= LOG_INTERVAL_MS) {
      this.#log.warn('a broker fails operations', { code, reason, othersSinceTheLastLine: this.#unlogged });
      this.#loggedAt = now;
      this.#unlogged = 0;
    } else this.#unlogged += 1;
    return this.#verbose ? new OperationError(code, `${failure.message} Reason: ${reason}`) : failure;
  }
}
