/** Types of redis.mjs, where each function is described. */
export interface RedisBinaries {
  readonly server: string;
  readonly cli: string;
}

export interface StartedRedis {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export declare function ensureRedis(cache: string): Promise<RedisBinaries>;
export declare function startRedis(options: {
  readonly server: string;
  readonly folder: string;
}): Promise<StartedRedis>;
