import { brokerNames } from '../broker/broker-names.ts';
import type { Config } from '../config/config.ts';
import { OPTIONS } from '../config/options.ts';
import { StartError } from '../error/start-error.ts';
import type { Logger } from '../log/logger.ts';
import type { Delivery } from '../routing/topic.ts';

/** Which setting puts a delivery on a broker that processes can share. */
const BINDINGS: Readonly<Record<Delivery, { readonly name: string; readonly variable: string }>> = {
  EPHEMERAL: OPTIONS.redisUrl,
  BUFFERED: OPTIONS.redisUrl,
  DURABLE: OPTIONS.kafkaBrokers,
};

/**
 * How many processes should serve. An embedded broker lives in one process, so a number above 1 is a StartError when a delivery in use
 * is embedded, and `auto` is 1 then.
 */
export function workerCount(config: Config, deliveriesUsed: Iterable<Delivery>, cores: number, log: Logger): number {
  if (config.workers !== 'auto') {
    const problems = workerProblems(config, deliveriesUsed);
    if (problems.length > 0) throw new StartError(problems);
    return config.workers;
  }
  const embedded = embeddedDeliveries(config, deliveriesUsed);
  if (embedded.length === 0 || cores <= 1) return Math.max(1, cores);
  log.info('one worker, although there are more cores: embedded brokers live in one process', {
    deliveries: embedded.join(', '),
    cores,
  });
  return 1;
}

/** Why the number of workers that the operator wrote cannot be: each with what to do. Pure; empty when it can, and for `auto`. */
export function workerProblems(config: Config, deliveriesUsed: Iterable<Delivery>): readonly string[] {
  const { workers } = config;
  if (workers === 'auto' || workers === 1) return [];
  return embeddedDeliveries(config, deliveriesUsed).map((delivery) => {
    const { name, variable } = BINDINGS[delivery];
    return (
      `--workers ${workers} needs brokers that all workers share, but ${delivery} topics are embedded: their events live in one process. ` +
      `Bind them with --${name} or ${variable}, or start with --workers 1.`
    );
  });
}

function embeddedDeliveries(config: Config, deliveriesUsed: Iterable<Delivery>): readonly Delivery[] {
  const names = brokerNames(config);
  return [...new Set(deliveriesUsed)].filter(
    (delivery) => names[delivery] === 'memory' || names[delivery] === 'sqlite',
  );
}
