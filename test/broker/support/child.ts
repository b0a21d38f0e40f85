// A process of its own for the rule that a closed broker holds nothing: opens, publishes, receives, closes and then only returns.
import type { BrokerEnvironment } from '../../../src/broker/environment.ts';
import type { Broker } from '../../../src/broker/port.ts';
import type { JsonObject } from '../../../src/json/value.ts';
import { silentLogger } from '../../../src/log/logger.ts';
import type { Delivery } from '../../../src/routing/topic.ts';
import { systemClock } from '../../../src/time/clock.ts';
import { Collector } from '../collector.ts';
import { allTopics, instanceOf, keyOf, topicsOf } from '../topics.ts';

interface Task {
  readonly module: string;
  readonly factory: string;
  readonly config: JsonObject | undefined;
  readonly delivery: Delivery;
}

const task = JSON.parse(process.argv[2] ?? '') as Task;
const topics = topicsOf[task.delivery];
const environment: BrokerEnvironment = {
  clock: systemClock,
  log: silentLogger,
  topics: allTopics(topics),
  onBytes() {},
};

// The child's promises alone do not keep it alive, so a broker whose links were unreferenced would end it early.
const awake = setInterval(() => {}, 1_000);

const module = (await import(task.module)) as Record<string, (...args: unknown[]) => Broker>;
const create = module[task.factory];
if (create === undefined) throw new Error(`${task.module} has no ${task.factory}`);
const broker = task.config === undefined ? create(environment) : create(task.config, environment);
const report = await broker.open();
if (!report.contacted) throw new Error(`not contacted: ${JSON.stringify(broker.status())}`);
const instance = instanceOf(topics.parameter, `child-${process.pid}`);
const collector = new Collector();
const tail = broker.tail(broker.stream(topics.parameter, instance), collector);
await tail.attached;
const outcome = await broker.publish({
  topic: topics.parameter,
  instance,
  key: keyOf(topics.parameter, instance),
  value: '{"from":"child"}',
  attributes: new Map(),
});
if (outcome.type !== 'acknowledged') throw new Error(`${outcome.type}: ${outcome.reason}`);
await collector.sees('{"from":"child"}');
await broker.close();
clearInterval(awake);
console.log('published, received and closed');
