import type { Delivery } from '../routing/topic.ts';
import type { Config } from './config.ts';
import { isLoopback } from './loopback.ts';
import { OPTIONS } from './options.ts';

/** A delivery that topics use, that has no broker, and that may not be embedded. */
export interface UnboundDelivery {
  readonly delivery: Delivery;
  /** What is wrong and what to do, in two sentences. */
  readonly message: string;
}

/**
 * The deliveries that refuse the start (design §2): without a broker, a delivery is embedded only on a loopback host or with `embedded`,
 * so that a pod that lost its settings cannot acknowledge into its own disk. Pure; in the order given, each once.
 */
export function unboundDeliveries(config: Config, deliveriesUsed: Iterable<Delivery>): readonly UnboundDelivery[] {
  if (config.embedded || isLoopback(config.host)) return [];
  return [...new Set(deliveriesUsed)].flatMap((delivery) => {
    const { bound, option } = binding(config, delivery);
    if (bound) return [];
    const message =
      `${delivery} topics have no broker, and the host ${config.host} is not loopback. ` +
      `Bind them with --${option.name} or ${option.variable}, or keep their events in this process and its data folder with --embedded.`;
    return [{ delivery, message }];
  });
}

function binding(
  config: Config,
  delivery: Delivery,
): { bound: boolean; option: { readonly name: string; readonly variable: string } } {
  switch (delivery) {
    case 'EPHEMERAL':
    case 'BUFFERED':
      return { bound: config.redis !== undefined, option: OPTIONS.redisUrl };
    case 'DURABLE':
      return { bound: config.kafka !== undefined, option: OPTIONS.kafkaBrokers };
    default:
      return delivery satisfies never;
  }
}
