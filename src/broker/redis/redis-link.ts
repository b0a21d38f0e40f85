import { isIP } from 'node:net';
import { Redis } from 'ioredis';
import type { Logger } from '../../log/logger.ts';
import type { Clock } from '../../time/clock.ts';
import { tlsOptions } from '../tls.ts';
import { Backoff } from './backoff.ts';
import type { RedisDirectory } from './directory.ts';
import type { NodeAddress } from './node-address.ts';
import type { RedisAccess } from './redis-config.ts';
import { describeRedisError, isCredentialRefusal, replyCode } from './redis-error.ts';

/** What a link is for. Writes never share a connection with reads: a slow reader must not delay a publish. */
export type LinkRole = 'publish' | 'subscribe' | 'read' | 'history';

/** Hears of one link. Nothing is called after `close()`. */
export interface LinkOwner {
  /** A connection is ready; it is a new one every time. */
  ready(connection: Redis): void;
  /** The connection that was ready is gone. `since`: milliseconds since the epoch, the last moment at which it was known to be good. */
  lost(since: number): void;
}

export interface LinkSettings {
  readonly directory: RedisDirectory;
  readonly access: RedisAccess;
  readonly role: LinkRole;
  /** By when every command is answered, in milliseconds; publishes have deadlines of their own. */
  readonly commandTimeoutMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called when `up` or `detail` changed. */
  readonly onChange: () => void;
}

/** Time between two looks at a link, in milliseconds. */
const LOOK_MS = 500;
/** Looks without a sign of life after which a link is given up: some 3.5 s, so that a hung Redis is seen within 5 s (F3). */
const QUIET_LOOKS = 6;
/** A connection that is not ready after this time, in milliseconds, is spoken of. */
const SLOW_START_MS = 1_000;
/** Answers that are on their way from a node that is no primary any more get this long, in milliseconds. */
const DEMOTED_MS = 100;
/** Back-off while the credentials are refused goes up to this (F40). */
const CREDENTIALS_CAP_MS = 30_000;

/**
 * One connection to Redis, probed and made anew for ever. Each attempt is an ioredis client of its own that never reconnects, resends or queues:
 * whatever an old connection still receives after it was given up reaches nobody, and no command is ever written twice.
 */
export class RedisLink {
  readonly role: LinkRole;
  readonly #settings: LinkSettings;
  readonly #owner: LinkOwner;
  readonly #backoff = new Backoff(50, 1_000);
  #client: Redis | undefined;
  #up = false;
  #closed = false;
  #locating = false;
  #detail = 'connecting';
  #refused = false;
  #cancelTimer: () => void = () => {};
  #goodAt = 0;
  #heard = false;
  #quietLooks = 0;
  #probing = false;

  constructor(settings: LinkSettings, owner: LinkOwner) {
    this.#settings = settings;
    this.#owner = owner;
    this.role = settings.role;
  }

  get up(): boolean {
    return this.#up;
  }

  /** Why it is not up; people read it. */
  get detail(): string {
    return this.#detail;
  }

  /** Does Redis refuse the credentials? */
  get refused(): boolean {
    return this.#refused;
  }

  /** The connection, if a command handed to it now would be written. */
  get connection(): Redis | undefined {
    const client = this.#client;
    return this.#up && client?.status === 'ready' && client.stream.writable ? client : undefined;
  }

  start(): void {
    if (!this.#closed && !this.#locating && this.#client === undefined) this.#connect();
  }

  /** The owner received something by this connection at `now` (milliseconds since the epoch): it lives. */
  heard(now: number): void {
    this.#heard = true;
    this.#goodAt = now;
  }

  /** Drops the connection and makes a new one; for an owner that no longer knows what state it is in. */
  giveUp(connection: Redis, why: string): void {
    if (this.#client === connection) this.#lost(why);
  }

  /** F4: its node refuses writes as a replica. Where Sentinels lead, they are asked again, when what was sent with the write is answered. */
  demoted(connection: Redis): void {
    const { directory, clock } = this.#settings;
    if (!directory.mustBePrimary) return;
    clock.after(DEMOTED_MS, () => this.giveUp(connection, 'the node is no primary any more'));
  }

  /** Resolves when the socket is closed; commands in flight fail before that. Idempotent. */
  close(): Promise<void> {
    this.#closed = true;
    this.#up = false;
    this.#cancelTimer();
    const client = this.#client;
    this.#client = undefined;
    return client === undefined ? Promise.resolve() : discard(client);
  }

  #connect(): void {
    try {
      const found = this.#settings.directory.locate();
      if (!(found instanceof Promise)) {
        this.#connectTo(found);
        return;
      }
      this.#locating = true;
      found.then(
        (address) => {
          this.#locating = false;
          if (!this.#closed) this.#connectTo(address);
        },
        (error: unknown) => {
          this.#locating = false;
          if (!this.#closed) this.#lost(describeRedisError(error));
        },
      );
    } catch (error) {
      this.#lost(describeRedisError(error));
    }
  }

  #connectTo(address: NodeAddress): void {
    const { access, role, commandTimeoutMs } = this.#settings;
    const client = new Redis({
      host: address.host,
      port: address.port,
      ...(access.username === undefined ? {} : { username: access.username }),
      ...(access.password === undefined ? {} : { password: access.password }),
      // A server name is sent for names only; an address in its place is refused by TLS itself.
      ...(access.tls === undefined
        ? {}
        : { tls: { ...tlsOptions(access.tls), ...(isIP(address.host) === 0 ? { servername: address.host } : {}) } }),
      db: access.database,
      connectionName: `sluice-${role}`,
      disableClientInfo: true,
      // RESP3 lets a subscribed connection answer anything; the reply shapes that the other links read are those of RESP2.
      protocol: role === 'subscribe' ? 3 : 2,
      retryStrategy: null,
      autoResubscribe: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      // ioredis keeps a timer for each command, which publishes are too many for: see AnswerDeadlines.
      ...(role === 'publish' ? {} : { commandTimeout: commandTimeoutMs }),
      connectTimeout: 3_000,
      maxLoadingRetryTime: 250,
    });
    this.#client = client;
    let problem: unknown;
    client.on('error', (error: unknown) => {
      problem = error;
    });
    client.once('connect', () => {
      if (this.#client !== client) return;
      this.#cancelTimer = this.#settings.clock.after(SLOW_START_MS, () =>
        this.#describe('Redis is not ready; it may be loading its data'),
      );
    });
    client.once('ready', () => {
      if (this.#client !== client) return;
      if (this.#settings.directory.mustBePrimary) void this.#verify(client);
      else this.#ready(client);
    });
    client.once('end', () => {
      if (this.#client !== client) return;
      this.#refused = isCredentialRefusal(problem);
      this.#lost(problem === undefined ? 'Redis closed the connection' : describeRedisError(problem));
    });
  }

  /** Is it a primary? One that may not say is taken as it is: a replica would refuse writes by itself. */
  async #verify(client: Redis): Promise<void> {
    let isPrimary: boolean;
    try {
      const [role] = (await client.call('ROLE')) as readonly [string];
      isPrimary = role === 'master';
    } catch (error) {
      isPrimary = replyCode(error) === 'NOPERM';
    }
    if (this.#client !== client) return;
    if (isPrimary) this.#ready(client);
    else this.#lost('the Sentinels name a node that is no primary yet');
  }

  #ready(client: Redis): void {
    const { role, log, clock, directory, onChange } = this.#settings;
    this.#cancelTimer();
    this.#up = true;
    this.#refused = false;
    this.#detail = 'up';
    this.#goodAt = clock.now();
    this.#heard = false;
    this.#quietLooks = 0;
    this.#probing = false;
    log.info(`connected to Redis at ${directory.shown}`, { link: role });
    this.#look(client);
    this.#owner.ready(client);
    onChange();
  }

  /**
   * Counts looks, not time: after this process itself was stopped or busy, one look sees nothing, the next sees what came in the meantime,
   * and no healthy link is given up (F38).
   */
  #look(client: Redis): void {
    if (this.#client !== client) return;
    if (this.#heard) {
      this.#heard = false;
      this.#quietLooks = 0;
      this.#backoff.reset();
    } else if (++this.#quietLooks > QUIET_LOOKS) {
      this.#lost('Redis has stopped answering');
      return;
    }
    if (!this.#probing) {
      this.#probing = true;
      client.ping().then(
        () => {
          if (this.#client !== client) return;
          this.#probing = false;
          this.heard(this.#settings.clock.now());
        },
        () => {
          if (this.#client === client) this.#probing = false;
        },
      );
    }
    this.#cancelTimer = this.#settings.clock.after(LOOK_MS, () => this.#look(client));
  }

  #lost(why: string): void {
    const { clock, log, role, directory, onChange } = this.#settings;
    const client = this.#client;
    const wasUp = this.#up;
    this.#client = undefined;
    this.#up = false;
    this.#cancelTimer();
    if (client !== undefined) void discard(client);
    if (wasUp || this.#detail !== why) log.warn(`no link to Redis at ${directory.shown}: ${why}`, { link: role });
    this.#detail = why;
    const delay = this.#refused ? this.#backoff.next(CREDENTIALS_CAP_MS) : this.#backoff.next();
    this.#cancelTimer = clock.after(delay, () => {
      if (!this.#closed && this.#client === undefined) this.#connect();
    });
    if (wasUp) this.#owner.lost(this.#goodAt);
    onChange();
  }

  #describe(detail: string): void {
    if (this.#detail === detail) return;
    this.#detail = detail;
    this.#settings.onChange();
  }
}

/** Closes a client for good, at once and not after a farewell that a hung peer never answers. */
function discard(client: Redis): Promise<void> {
  client.removeAllListeners('messageBuffer');
  client.removeAllListeners('pmessageBuffer');
  if (client.status === 'end') return Promise.resolve();
  const ended = new Promise<void>((resolve) => {
    client.once('end', () => resolve());
  });
  client.disconnect();
  // Absent until the attempt's first tick, which the disconnect has called off.
  (client.stream as Redis['stream'] | undefined)?.destroy();
  return ended;
}
