import type { BrokerEnvironment } from '../../src/broker/environment.ts';
import { silentLogger } from '../../src/log/logger.ts';
import { systemClock } from '../../src/time/clock.ts';
import type { ContractTopics } from './adapter-under-test.ts';
import { allTopics } from './topics.ts';

/** The environment of a broker under test: the machine's clock, no log, all topics of the row; replaced in part by what the rule gives. */
export function testEnvironment(topics: ContractTopics, parts: Partial<BrokerEnvironment> = {}): BrokerEnvironment {
  return { clock: systemClock, log: silentLogger, topics: allTopics(topics), onBytes() {}, ...parts };
}
