import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureKafka, runKafkaTool, type StartedKafka, startKafka } from '../../tools/kafka.mjs';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { freePort } from './free-port.ts';

export interface KafkaServerOptions {
  /** Default: a free loopback port. It stays the same over restarts. */
  readonly port?: number;
  /** Puts a fault proxy in front of a second listener, so that every link of a client that begins at `proxied` goes through it. */
  readonly proxy?: boolean;
  /** More lines of server.properties. */
  readonly overrides?: Readonly<Record<string, string | number | boolean>>;
}

export interface ConsoleProduceOptions {
  /** The text between key and value in each line; without it lines are values alone. */
  readonly key?: string;
  /** `--reader-property name=value` for each, for example `{ 'null.marker': 'NULL' }`. */
  readonly properties?: Readonly<Record<string, string>>;
}

export interface ConsoleConsumeOptions {
  /** Read so many records and end. */
  readonly count?: number;
  /** Read on until so many are there; what came beyond them is given too. */
  readonly atLeast?: number;
  /** `--formatter-property name=value` for each, for example `{ 'print.key': 'true', 'print.partition': 'true' }`. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** A real Kafka of the test's own, one node on loopback, in a temporary folder. */
export interface KafkaServer {
  /** `host:port`, as `SLUICE_KAFKA_BROKERS` takes it. */
  readonly brokers: string;
  /** `host:port` of the proxy; only with `proxy: true`. */
  readonly proxied: string;
  /** Only with `proxy: true`. */
  readonly proxy: FaultProxy;
  readonly port: number;
  /** Of the process that runs now; changes at a restart. */
  readonly pid: number;
  /** Its data: `logs/<topic>-<partition>/`, and `broker.log`. */
  readonly folder: string;
  /** Ends it at once and removes its folder. Idempotent. */
  stop(): Promise<void>;
  /** SIGKILL and wait; the folder stays, for `restart()`. */
  kill(): Promise<void>;
  /** SIGTERM and wait, some seconds; the folder stays. */
  shutDown(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** Starts it again on the same port and folder; kills it first when it runs. */
  restart(): Promise<void>;
  /** Writes lines with Java's console producer, whose partitioner is the one that Sluice must equal. */
  consoleProduce(topic: string, lines: readonly string[], options?: ConsoleProduceOptions): Promise<void>;
  /** Reads a topic from its beginning with Java's console consumer; committed records only. */
  consoleConsume(topic: string, options: ConsoleConsumeOptions): Promise<readonly string[]>;
  /** Runs kafka-topics.sh with these arguments against it, and gives its output. */
  topics(...args: readonly string[]): Promise<string>;
}

/** Starts a Kafka and waits until it serves. Its jars: `SLUICE_TEST_KAFKA_HOME`, else the cache, which is filled when it is empty. */
export async function startKafkaServer(options: KafkaServerOptions = {}): Promise<KafkaServer> {
  const kafkaHome = process.env['SLUICE_TEST_KAFKA_HOME'] ?? (await ensureKafka(cacheFolder()));
  const folder = await mkdtemp(join(tmpdir(), 'sluice-kafka-'));
  const port = options.port ?? (await freePort());
  const proxiedPort = options.proxy === true ? await freePort() : undefined;
  const proxy = proxiedPort === undefined ? undefined : await startFaultProxy({ host: '127.0.0.1', port: proxiedPort });

  let running: StartedKafka | undefined;
  let stopped: Promise<void> | undefined;

  const start = async (): Promise<void> => {
    running = await startKafka({
      kafkaHome,
      folder,
      port,
      ...(proxiedPort === undefined || proxy === undefined ? {} : { proxiedPort, proxyListenerPort: proxy.port }),
      ...(options.overrides === undefined ? {} : { overrides: options.overrides }),
    });
  };
  const end = async (how: 'kill' | 'stop'): Promise<void> => {
    const ending = running;
    running = undefined;
    await ending?.[how]();
  };
  const alive = (): StartedKafka => {
    if (running === undefined) throw new Error('this Kafka is not running');
    return running;
  };
  const needProxy = (): FaultProxy => {
    if (proxy === undefined) throw new Error('start this Kafka with { proxy: true }');
    return proxy;
  };
  const tool = (name: string, args: readonly string[], input?: string): Promise<string> =>
    runKafkaTool(kafkaHome, `org.apache.kafka.tools.${name}`, ['--bootstrap-server', alive().brokers, ...args], input);

  try {
    await start();
  } catch (error) {
    await proxy?.close();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    brokers: `127.0.0.1:${port}`,
    get proxied() {
      return `127.0.0.1:${needProxy().port}`;
    },
    get proxy() {
      return needProxy();
    },
    port,
    get pid() {
      return alive().pid;
    },
    folder,
    stop() {
      stopped ??= end('kill').then(async () => {
        await proxy?.close();
        await rm(folder, { recursive: true, force: true });
      });
      return stopped;
    },
    kill: () => end('kill'),
    shutDown: () => end('stop'),
    pause() {
      process.kill(alive().pid, 'SIGSTOP');
    },
    resume() {
      process.kill(alive().pid, 'SIGCONT');
    },
    async restart() {
      await end('kill');
      await start();
    },
    async consoleProduce(topic, lines, { key, properties = {} } = {}) {
      const all = { ...(key === undefined ? {} : { 'parse.key': 'true', 'key.separator': key }), ...properties };
      const args = ['--topic', topic, ...propertyArgs('--reader-property', all)];
      await tool('ConsoleProducer', args, lines.map((line) => `${line}\n`).join(''));
    },
    async consoleConsume(topic, { count, atLeast, properties = {} }) {
      const formatter = propertyArgs('--formatter-property', properties);
      const args = ['--topic', topic, '--from-beginning', '--isolation-level', 'read_committed', ...formatter];
      if (count !== undefined) {
        return lines(await tool('consumer.ConsoleConsumer', [...args, '--max-messages', String(count)]));
      }
      for (let attempt = 0; ; attempt++) {
        // It ends when nothing more came for a while; what is there by then is read from the beginning each time.
        const read = lines(await tool('consumer.ConsoleConsumer', [...args, '--timeout-ms', '4000']));
        if (read.length >= (atLeast ?? 0)) return read;
        if (attempt >= 5) throw new Error(`${topic} holds ${read.length} records, fewer than ${atLeast}`);
      }
    },
    topics: (...args) => tool('TopicCommand', args),
  };
}

function lines(output: string): readonly string[] {
  return output.split('\n').filter((line) => line !== '');
}

function propertyArgs(flag: string, properties: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(properties).flatMap(([name, value]) => [flag, `${name}=${value}`]);
}

function cacheFolder(): string {
  return process.env['SLUICE_CACHE'] ?? join(homedir(), '.cache', 'sluice');
}
