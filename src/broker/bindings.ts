import type { Delivery, Topic } from '../routing/topic.ts';
import type { Broker } from './port.ts';

/** The broker behind each delivery that the schema uses. */
export type Bindings = ReadonlyMap<Delivery, Broker>;

/** The broker that gives a topic its delivery. A topic without one never gets past the start. */
export function brokerOf(bindings: Bindings, topic: Topic): Broker {
  const broker = bindings.get(topic.policy.delivery);
  if (broker === undefined)
    throw new Error(`No broker is bound to ${topic.policy.delivery}, which ${topic.name} needs.`);
  return broker;
}
