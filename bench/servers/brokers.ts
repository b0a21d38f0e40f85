import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../../tools/cache.mjs';
import { ensureKafka, startKafka } from '../../tools/kafka.mjs';
import { ensureRedis, startRedis } from '../../tools/redis.mjs';
import { type Cores, moveToBrokerCores } from './cores.ts';

export interface StartedBroker {
  readonly pid: number;
  /** On 127.0.0.1. */
  readonly port: number;
}

/** A real Redis and a real Kafka of this bench's own, each started when it is first wanted. */
export class Brokers {
  readonly #cores: Cores;
  readonly #stops: (() => Promise<void>)[] = [];
  readonly #pids: number[] = [];
  #redis: Promise<StartedBroker> | undefined;
  #kafka: Promise<StartedBroker> | undefined;
  #closed: Promise<void> | undefined;

  constructor(cores: Cores) {
    this.#cores = cores;
  }

  /** Of those that run. */
  get pids(): readonly number[] {
    return this.#pids;
  }

  redis(): Promise<StartedBroker> {
    this.#redis ??= this.#startRedis();
    return this.#redis;
  }

  kafka(): Promise<StartedBroker> {
    this.#kafka ??= this.#startKafka();
    return this.#kafka;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #startRedis(): Promise<StartedBroker> {
    const { server } = await ensureRedis(cacheFolder());
    const redis = await startRedis({ server, folder: await this.#folder('redis') });
    return this.#started(redis.pid, Number(new URL(redis.url).port), redis.stop);
  }

  async #startKafka(): Promise<StartedBroker> {
    const kafkaHome = await ensureKafka(cacheFolder());
    const kafka = await startKafka({ kafkaHome, folder: await this.#folder('kafka') });
    return this.#started(kafka.pid, kafka.port, kafka.kill);
  }

  #started(pid: number, port: number, stop: () => Promise<void>): StartedBroker {
    moveToBrokerCores(this.#cores, pid);
    this.#stops.unshift(stop);
    this.#pids.push(pid);
    return { pid, port };
  }

  async #folder(name: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), `sluice-bench-${name}-`));
    this.#stops.push(() => rm(folder, { recursive: true, force: true }));
    return folder;
  }

  async #close(): Promise<void> {
    await Promise.allSettled([this.#redis, this.#kafka]);
    for (const stop of this.#stops) await stop();
  }
}
