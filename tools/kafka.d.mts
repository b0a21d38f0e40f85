/** Types of kafka.mjs, where each function is described. */
export interface StartKafkaOptions {
  readonly kafkaHome: string;
  readonly folder: string;
  readonly port?: number;
  readonly proxiedPort?: number;
  readonly proxyListenerPort?: number;
  readonly overrides?: Readonly<Record<string, string | number | boolean>>;
}

export interface StartedKafka {
  readonly brokers: string;
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

export declare function ensureKafka(cacheFolder: string): Promise<string>;
export declare function startKafka(options: StartKafkaOptions): Promise<StartedKafka>;
export declare function runKafkaTool(
  kafkaHome: string,
  mainClass: string,
  args: readonly string[],
  input?: string,
): Promise<string>;
export declare function freePort(): Promise<number>;
