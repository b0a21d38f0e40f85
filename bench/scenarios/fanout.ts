import { Audience } from '../load/audience.ts';
import { ALL_FIELDS, roomOf } from '../load/event.ts';
import { HttpPublisher } from '../load/http-publisher.ts';
import { type LoadResult, measureLoad } from '../load/measure-load.ts';
import type { Publisher } from '../load/publisher.ts';
import { RedisPublisher } from '../load/redis-publisher.ts';
import { settle } from '../load/settle.ts';
import type { MeasuredServer } from '../servers/measured-server.ts';
import { startPeer } from '../servers/peer.ts';
import { startSluice } from '../servers/sluice.ts';
import type { Bench, ServerName } from './bench.ts';

export type Delivery = 'EPHEMERAL' | 'BUFFERED' | 'DURABLE';

/** The name of a delivery's subscription field and topic in bench/schema.graphql. */
export function fieldOf(delivery: Delivery): string {
  return delivery.toLowerCase();
}

/** The mutation that publishes one event of a delivery. */
export function mutationOf(delivery: Delivery): string {
  const type = delivery[0] + fieldOf(delivery).slice(1);
  return `mutation($event: ${type}Input!) { publish${type}(event: $event) { topic } }`;
}

export interface FanoutOptions {
  readonly who: ServerName;
  readonly delivery: Delivery;
  readonly subscribers: number;
  /** Default 1: all subscribers follow one stream. */
  readonly streams?: number;
  /** The selection of a connection; default all fields. */
  readonly selection?: (connection: number) => string;
  readonly nodeFlags?: readonly string[];
}

/** HTTP connections for publishing where events are published by mutation. */
const PUBLISHING_CONNECTIONS = 128;
const DRAIN_SECONDS = 2;
const WARM_SUBSCRIBERS = 20;
/** Events per second. */
const WARM_RATE = 500;
/** A subscriber that is this late is not served at that rate. */
const MAXIMUM_P99_MS = 250;
const MINIMUM_RATIO = 0.99;

/**
 * A server, its audience and a publisher. EPHEMERAL events are published to Redis directly, as other services do; the others by mutation,
 * so that their latency holds the way through the log. After a run that was too much for the server everything begins anew.
 */
export class Fanout {
  readonly #bench: Bench;
  readonly #options: FanoutOptions;
  #server: MeasuredServer | undefined;
  #audience: Audience | undefined;
  #publisher: Publisher | undefined;
  #next = 0;
  #warm = false;
  #settled: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(bench: Bench, options: FanoutOptions) {
    this.#bench = bench;
    this.#options = options;
  }

  /** The server; started when there is none. */
  async server(): Promise<MeasuredServer> {
    const { who, delivery, nodeFlags = [] } = this.#options;
    const { brokers, cores } = this.#bench;
    this.#server ??=
      who === 'Sluice'
        ? await startSluice(brokers, cores, { kafka: delivery === 'DURABLE', nodeFlags })
        : await startPeer(brokers, cores, nodeFlags);
    return this.#server;
  }

  /** Resolves when the run that was started last has its audience and begins to publish. */
  settled(): Promise<void> {
    return this.#settled.promise;
  }

  /** Publishes at the rate, in events per second, and measures; for so long as the effort says, if nothing else is said. */
  async run(rate: number, seconds: number = this.#bench.effort.seconds): Promise<LoadResult> {
    const { effort, brokers, say, keep } = this.#bench;
    const { who, delivery, subscribers } = this.#options;
    this.#settled = Promise.withResolvers();
    const server = await this.server();
    const { audience, publisher } = await this.#connected(server);
    this.#settled.resolve();
    const result = await measureLoad(
      {
        audience,
        publisher,
        rate,
        warmSeconds: effort.warmSeconds,
        seconds,
        drainSeconds: DRAIN_SECONDS,
        serverPids: [server.pid],
        brokerPids: brokers.pids,
      },
      this.#next,
    );
    this.#next += Math.ceil(result.published / audience.streams) * audience.streams;
    const what = `${who} ${delivery}, ${subscribers.toLocaleString('en')} subscribers × ${rate.toLocaleString('en')} events/s`;
    say(`${what}: ${inWords(result)}`);
    keep(what, result);
    for (const reason of audience.reasons) say(`  ${reason}`);
    if (result.undelivered > 0 || result.connectionsLost > 0) await this.close();
    return result;
  }

  /** Ends server and connections. */
  async close(): Promise<void> {
    this.#audience?.close();
    this.#publisher?.close();
    const server = this.#server;
    this.#audience = this.#publisher = this.#server = undefined;
    this.#warm = false;
    await server?.stop();
  }

  async #connected(server: MeasuredServer): Promise<{ readonly audience: Audience; readonly publisher: Publisher }> {
    if (this.#audience !== undefined && this.#publisher !== undefined) {
      return { audience: this.#audience, publisher: this.#publisher };
    }
    try {
      const publisher = await this.#makePublisher(server, this.#options.streams ?? 1);
      this.#publisher = publisher;
      if (!this.#warm) await this.#warmUp(server, publisher);
      const audience = await this.#connect(server, this.#options.subscribers);
      this.#audience = audience;
      this.#next = await settle(audience, publisher, this.#next);
      return { audience, publisher };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${server.name}: ${reason}\n${server.errors()}`.trimEnd(), { cause: error });
    }
  }

  #connect(server: MeasuredServer, size: number): Promise<Audience> {
    const { delivery, streams = 1, selection = () => ALL_FIELDS } = this.#options;
    return Audience.connect({
      port: server.port,
      path: server.path,
      size,
      streams: Math.min(streams, size),
      query: (connection, stream) =>
        `subscription { ${fieldOf(delivery)}(room: "${roomOf(stream)}") { ${selection(connection)} } }`,
    });
  }

  /** A light load that any of the servers takes. */
  async #warmUp(server: MeasuredServer, publisher: Publisher): Promise<void> {
    const audience = await this.#connect(server, WARM_SUBSCRIBERS);
    try {
      this.#next = await settle(audience, publisher, this.#next);
      const seconds = this.#bench.effort.serverWarmSeconds;
      const load = { audience, publisher, rate: WARM_RATE, warmSeconds: 0, seconds, drainSeconds: DRAIN_SECONDS };
      const { published } = await measureLoad({ ...load, serverPids: [], brokerPids: [] }, this.#next);
      this.#next += published;
      this.#warm = true;
    } finally {
      audience.close();
    }
  }

  async #makePublisher(server: MeasuredServer, streams: number): Promise<Publisher> {
    const { delivery } = this.#options;
    if (delivery === 'EPHEMERAL') {
      const redis = await this.#bench.brokers.redis();
      return new RedisPublisher(redis.port, streams, (stream) => `${fieldOf(delivery)}.${roomOf(stream)}`);
    }
    const mutation = mutationOf(delivery);
    return new HttpPublisher({
      port: server.port,
      path: server.path,
      connections: PUBLISHING_CONNECTIONS,
      streams,
      mutation,
    });
  }
}

/** Everything came, once, and soon enough. */
export function isSustained(result: LoadResult): boolean {
  return isServed(result) && result.latency.p99 <= MAXIMUM_P99_MS;
}

/** Everything came, once, and in order where there was one; in time but for a hundredth, or for the one event under way at the end. */
export function isServed(result: LoadResult): boolean {
  const due = result.rate * result.seconds;
  return (
    (1 - result.deliveredRatio) * due <= Math.max(1, (1 - MINIMUM_RATIO) * due) &&
    result.undelivered === 0 &&
    result.duplicates === 0 &&
    (result.reordered === 0 || !result.ordered) &&
    result.connectionsLost === 0 &&
    result.publishFailures === 0
  );
}

function inWords(result: LoadResult): string {
  const { latency } = result;
  const faults = [
    ['gaps', result.gaps],
    ['duplicates', result.duplicates],
    ['reordered', result.reordered],
    ['undelivered', result.undelivered],
    ['connections lost', result.connectionsLost],
    ['publishes failed', result.publishFailures],
    ['publishes unanswered', result.publishesUnanswered],
  ].filter(([, count]) => Number(count) > 0);
  const found =
    faults.length === 0
      ? 'nothing lost, doubled or reordered'
      : faults.map(([name, count]) => `${name} ${count}`).join(', ');
  return (
    `${Math.round(result.deliveriesPerSecond).toLocaleString('en')} deliveries/s (${(result.deliveredRatio * 100).toFixed(1)} %), ` +
    `p50 ${latency.p50.toFixed(2)} p99 ${latency.p99.toFixed(2)} p999 ${latency.p999.toFixed(2)} ms; cores: server ${result.serverCpu.toFixed(2)}, ` +
    `generator ${result.generatorCpu.toFixed(2)}, brokers ${result.brokerCpu.toFixed(2)}, foreign ${result.foreignCpu.toFixed(2)}; ${found}`
  );
}
