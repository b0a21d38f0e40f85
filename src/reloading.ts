import type { Broker, BrokerName } from './broker/port.ts';
import type { Config } from './config/config.ts';
import { StartError } from './error/start-error.ts';
import type { Topic } from './routing/topic.ts';
import type { GatewaySchema } from './schema/gateway-schema.ts';
import { type CheckedStart, checkText } from './start-checks.ts';

/** A schema that may be served, with the documents that were persisted for it. */
export type Served = Pick<CheckedStart, 'schema' | 'persisted'>;

export interface ReloadingOptions {
  /** What is served until the first reload. */
  readonly first: GatewaySchema;
  /** Those that were opened. */
  readonly brokers: ReadonlyMap<BrokerName, Broker>;
  readonly brokerOf: (topic: Topic) => BrokerName;
  /** Serves it, from this moment on. */
  readonly apply: (config: Config, served: Served, generation: number) => void;
}

/** Changes what a running gateway serves (F25). Brokers learn new topics before anyone can ask for them, and forget old ones after. */
export class Reloading {
  readonly #options: ReloadingOptions;
  #schema: GatewaySchema;
  #generation = 0;
  /** One at a time, in the order of the calls. */
  #last: Promise<void> = Promise.resolve();

  constructor(options: ReloadingOptions) {
    this.#options = options;
    this.#schema = options.first;
  }

  /** Rejects with SchemaError or StartError; then nothing has changed. */
  reload(config: Config, schemaText: string): Promise<void> {
    const reload = this.#last.then(() => this.#reload(config, schemaText));
    this.#last = reload.catch(() => {});
    return reload;
  }

  async #reload(config: Config, schemaText: string): Promise<void> {
    const served = await checkText(config, schemaText);
    const now = topicsOf(served.schema);
    const names = new Set(now.map(({ name }) => name));
    const before = topicsOf(this.#schema);
    const old = before.filter(({ name }) => !names.has(name));
    await this.#learn(before, [...now, ...old]);
    this.#generation += 1;
    this.#schema = served.schema;
    this.#options.apply(config, served, this.#generation);
    if (old.length > 0) await this.#learn([...now, ...old], now);
  }

  async #learn(before: readonly Topic[], topics: readonly Topic[]): Promise<void> {
    const { brokers, brokerOf } = this.#options;
    const problems: string[] = [];
    for (const name of new Set(topics.map(brokerOf))) {
      const theirs = topics.filter((topic) => brokerOf(topic) === name);
      const known = before.filter((topic) => brokerOf(topic) === name);
      if (policiesOf(theirs) === policiesOf(known)) continue;
      const broker = brokers.get(name);
      if (broker?.learn !== undefined) {
        problems.push(...(await broker.learn(theirs)));
        continue;
      }
      const what = theirs.map((topic) => topic.name).join(', ');
      const why = broker === undefined ? 'is not in use yet' : 'learns its topics at the start';
      problems.push(`The broker ${name} ${why}, and ${what} live there. Restart Sluice to change these topics.`);
    }
    if (problems.length > 0) throw new StartError(problems);
  }
}

function topicsOf({ topics }: GatewaySchema): readonly Topic[] {
  return topics.map(({ topic }) => topic);
}

function policiesOf(topics: readonly Topic[]): string {
  return JSON.stringify(topics.map(({ name, policy }) => [name, policy]).sort());
}
