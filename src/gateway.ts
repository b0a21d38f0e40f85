import type { Config } from './config/config.ts';
import type { Logger } from './log/logger.ts';

/** A running gateway. */
export interface Gateway {
  /** `http://host:port/graphql`. */
  readonly url: string;
  /** `http://host:port` of the admin listener. */
  readonly adminUrl: string;
  /** Drains and stops: idempotent. Publishes in flight are answered within `deadlineMs`. */
  close(deadlineMs?: number): Promise<void>;
}

/**
 * The composition root: builds every room from the configuration and starts the listeners.
 * Rejects with SchemaError for a schema that cannot be served, StartError for anything else that the operator must mend.
 */
export declare function startGateway(config: Config, log: Logger): Promise<Gateway>;
