import type { BrokerEnvironment } from '../../src/broker/environment.ts';
import type { Broker, BrokerName } from '../../src/broker/port.ts';
import type { JsonObject } from '../../src/json/value.ts';
import type { Delivery, Topic, TopicInstance } from '../../src/routing/topic.ts';

/** Something that not every broker can do. A row that cannot says why, in words that the skipped test shows. */
export type Capability<T extends object> = ({ readonly can: true } & T) | { readonly can: false; readonly why: string };

/** The fixture topics of one delivery; literals in `topics.ts`. A server has to know all of them before a broker opens. */
export interface ContractTopics {
  /** One parameter: `chat.{room}`, `jobs.{queue}` or `quakes.{network}`. */
  readonly parameter: Topic;
  /** No parameter, so one instance, and no key. */
  readonly plain: Topic;
  /** One parameter, and subscribers may leave it out. */
  readonly wildcard: Capability<{ readonly topic: Topic }>;
  /** `placement: KEY`: a tail of an instance reads one partition. */
  readonly keyPlacement: Capability<{ readonly topic: Topic }>;
}

/** One record as the broker itself holds it, read with the broker's own tools and not through the adapter. */
export interface StoredRecord {
  /** Undefined where the broker keeps none. */
  readonly key: string | undefined;
  readonly value: Buffer | null;
  /** CloudEvents attributes by bare name (`id`, not `ce_id`); empty where there are none. */
  readonly attributes: ReadonlyMap<string, string>;
}

/** A server that can go away and come back on the same address. */
export interface Restartable {
  /** Kills it (SIGKILL). Resolves when the process is gone. */
  stop(): Promise<void>;
  /** Starts it again on the same address. Resolves when it answers. */
  start(): Promise<void>;
  /** Does it still hold, after stop and start, what it acknowledged? False: the suite waives the check (F1). */
  readonly keepsAcknowledged: boolean;
}

/** A TCP proxy between a broker under test and its server. */
export interface Proxied {
  /** As `RunningServer.create`, but all its links go through the proxy. */
  create(environment?: Partial<BrokerEnvironment>): Broker;
  /**
   * Arms the proxy: the next publish reaches the server, its acknowledgement is swallowed and the link is cut (F13, F36).
   * Resolves when the proxy is armed. `happened` resolves once the acknowledgement was eaten: every test asserts that its fault happened.
   */
  eatAcknowledgement(): Promise<{ readonly happened: Promise<void> }>;
  /** Cuts every link of the proxy now (RST). New links pass. */
  cut(): Promise<void>;
  /**
   * Links stay open but no byte passes in either direction, until the returned function is called (F3).
   * New links are accepted and stalled as well.
   */
  stall(): Promise<() => Promise<void>>;
}

/** What the rules of History need beside the port, done with the broker's own tools. */
export interface HistoryUnderTest {
  /**
   * Another broker object over the logs of the broker that was made last, as after a restart of the gateway; not opened. The rule
   * has closed that one. On a server it is what `RunningServer.create` gives.
   */
  reopen(environment?: Partial<BrokerEnvironment>): Broker;
  /**
   * Removes the oldest records of an instance, as retention would, until its newest `keep` are left; 0 removes all (XTRIM,
   * DeleteRecords, SQL). May remove records of other instances that share the log. Resolves when a reader can no longer see them.
   */
  trim(topic: Topic, instance: TopicInstance, keep: number): Promise<void>;
  /**
   * Deletes the log of the instance (Kafka: the topic; the embedded log: the file) and makes it anew under the same name, with these
   * values in this order as the instance's records. No broker of the suite is open then, unless `recreateUnderBroker` can.
   */
  recreate(topic: Topic, instance: TopicInstance, values: readonly string[]): Promise<void>;
  /** May `recreate` run under an open broker, so that its tails have to find out? */
  readonly recreateUnderBroker: Capability<object>;
  /** How the adapter calls a position behind the end of a log that was never so long. */
  readonly beyondEnd: 'truncated' | 'invalid';
}

/** How a child process makes the same broker: `import(module)[factory](config, environment)`, without config `[factory](environment)`. */
export interface ChildRecipe {
  /** URL of the module in src. */
  readonly module: string;
  readonly factory: string;
  readonly config: JsonObject | undefined;
}

/** What `start()` gives: a real server, exclusively for this run of the suite. */
export interface RunningServer {
  /**
   * A broker under test: not opened, with links of its own, knowing all topics of the row. The suite closes it.
   * Time-outs that a test waits for are short: a first contact time (`open()` with the server away) of at most 2 s.
   * The publish deadline is the real one.
   */
  create(environment?: Partial<BrokerEnvironment>): Broker;

  /** For the test that a closed broker lets its process exit. Its broker runs beside those of `create`, so an embedded one names a folder of its own. */
  readonly child: ChildRecipe;

  /** Kill and restart of the server. */
  readonly restart: Capability<Restartable>;

  /** For brokers that speak TCP. */
  readonly proxy: Capability<Proxied>;

  /** A plain value written straight to the broker as an existing service would: PUBLISH, XADD with the field `data`, a produce. */
  readonly foreign: Capability<{
    /** `key` is for brokers whose records have one. Resolves when the broker acknowledged it. */
    publish(topic: Topic, instance: TopicInstance, key: string | undefined, value: Buffer): Promise<void>;
  }>;

  /** The log as the broker holds it, oldest first. */
  readonly readBack: Capability<{
    /** All records of the instance, in the broker's order. */
    records(topic: Topic, instance: TopicInstance): Promise<readonly StoredRecord[]>;
  }>;

  /** Reading what is kept, and losing it. Rows that keep nothing say so. */
  readonly history: Capability<HistoryUnderTest>;

  /** Subscriptions as the server counts them (PUBSUB CHANNELS and NUMPAT, blocked clients, fetch sessions), all brokers of this run together. */
  readonly subscriptions: Capability<{ count(): Promise<number> }>;

  /** Are CloudEvents attributes kept beside the value? Read through `readBack`. */
  readonly attributes: Capability<object>;

  /** A record of so many bytes is certainly above what the broker takes, whatever the operation room allows. */
  readonly tooLarge: Capability<{ readonly valueBytes: number }>;

  /** Ends the server and removes its files. */
  stop(): Promise<void>;
}

/** One row of the contract suite: an adapter at one delivery that it serves. */
export interface AdapterUnderTest {
  readonly name: BrokerName;
  readonly delivery: Delivery;
  readonly topics: ContractTopics;
  /** The deadline by which a publish is answered: 5,000 for Redis and the embedded brokers, 10,000 for Kafka. */
  readonly publishDeadlineMs: number;
  start(): Promise<RunningServer>;
}
