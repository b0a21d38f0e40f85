import type { Redis } from 'ioredis';
import type { BrokerEnvironment } from '../environment.ts';
import type { OpenReport } from '../port.ts';
import { StatusHolder } from '../status.ts';
import {
  DEFAULT_FIRST_CONTACT_MS,
  DEFAULT_PUBLISH_DEADLINE_MS,
  parseRedisUrl,
  READ_DEADLINE_MS,
  type RedisAddress,
  type RedisBrokerConfig,
} from './redis-config.ts';
import { type LinkOwner, type LinkRole, RedisLink } from './redis-link.ts';
import { checkServer } from './server-check.ts';

export interface SessionSettings {
  readonly config: RedisBrokerConfig;
  /** Does the adapter keep events in Redis, so that eviction would lose them? */
  readonly keepsEvents: boolean;
}

const NOWHERE: RedisAddress = {
  host: '',
  port: 0,
  username: undefined,
  password: undefined,
  database: 0,
  tls: false,
  shown: 'an address that cannot be read',
};

/** All links of one adapter to one Redis and the status that they make together: up only when every link is (F8, J7). */
export class RedisSession {
  readonly address: RedisAddress;
  readonly status: StatusHolder;
  readonly #settings: SessionSettings;
  readonly #environment: BrokerEnvironment;
  readonly #links: RedisLink[] = [];
  readonly #faults = new Map<string, string>();
  readonly #mistake: unknown;
  #problems: readonly string[] = [];
  #warnings: readonly string[] = [];
  #checked = false;
  #contacted = false;
  #closed = false;
  #onContact: () => void = () => {};

  constructor(settings: SessionSettings, environment: BrokerEnvironment) {
    this.#settings = settings;
    this.#environment = environment;
    try {
      this.address = parseRedisUrl(settings.config.url);
    } catch (error) {
      // Told by open(), the one place where an adapter refuses its settings; no link is ever started.
      this.#mistake = error;
      this.address = NOWHERE;
    }
    this.status = new StatusHolder(environment.clock, `no contact yet with Redis at ${this.address.shown}`);
  }

  /** By when a publish is answered, in milliseconds. */
  get publishDeadlineMs(): number {
    return this.#settings.config.publishDeadlineMs ?? DEFAULT_PUBLISH_DEADLINE_MS;
  }

  /** A new link, started by `open()`. The server is checked whenever a publish link becomes ready. */
  link(role: LinkRole, owner: LinkOwner): RedisLink {
    const { clock, log } = this.#environment;
    const link = new RedisLink(
      {
        address: this.address,
        role,
        commandTimeoutMs: role === 'history' ? READ_DEADLINE_MS : this.publishDeadlineMs,
        clock,
        log,
        onChange: () => this.#update(),
      },
      role !== 'publish'
        ? owner
        : {
            ready: (connection) => {
              owner.ready(connection);
              void this.#check(connection);
            },
            lost: (since) => owner.lost(since),
          },
    );
    this.#links.push(link);
    return link;
  }

  /** As `Broker.open`. Rejects with BrokerSettingsError for a URL that cannot be read. */
  open(): Promise<OpenReport> {
    if (this.#mistake !== undefined) return Promise.reject(this.#mistake);
    return new Promise((resolve) => {
      const wait = this.#settings.config.firstContactMs ?? DEFAULT_FIRST_CONTACT_MS;
      const settle = (): void => {
        cancel();
        this.#onContact = () => {};
        resolve({ contacted: this.#contacted, problems: this.#contacted ? this.#problems : [] });
      };
      const cancel = this.#environment.clock.after(wait, settle);
      this.#onContact = settle;
      for (const link of this.#links) link.start();
    });
  }

  /** Something that Sluice needs of this Redis is missing: the status is down until it is mended (undefined). */
  fault(what: string, detail: string | undefined): void {
    if (detail === undefined) this.#faults.delete(what);
    else this.#faults.set(what, detail);
    this.#update();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#links.map((link) => link.close()));
    this.status.down('closed');
    this.#onContact();
  }

  async #check(connection: Redis): Promise<void> {
    const { problems, warnings } = await checkServer(connection, this.address.shown, this.#settings.keepsEvents);
    if (this.#closed) return;
    for (const warning of warnings) {
      // Once, not at every reconnect.
      if (!this.#warnings.includes(warning)) this.#environment.log.warn(warning);
    }
    this.#warnings = warnings;
    this.#problems = problems;
    this.#checked = true;
    this.#update();
  }

  #update(): void {
    if (this.#closed) return;
    const down = this.#links.filter((link) => !link.up);
    if (down.length === 0 && this.#checked) {
      const [first] = [...this.#problems, ...this.#faults.values()];
      this.#contacted = true;
      if (first === undefined) this.status.up();
      else this.status.down(first);
      this.#onContact();
    } else if (down.some((link) => link.refused)) {
      this.status.down(`Redis at ${this.address.shown} refuses the user or password: ${details(down)}`);
    } else if (this.#contacted && down.length > 0) {
      this.status.down(`no link to Redis at ${this.address.shown} to ${details(down)}`);
    }
  }
}

function details(links: readonly RedisLink[]): string {
  return links.map((link) => `${link.role}: ${link.detail}`).join('; ');
}
