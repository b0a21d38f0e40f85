import type { Redis } from 'ioredis';
import type { BrokerEnvironment } from '../environment.ts';
import type { OpenReport } from '../port.ts';
import { StatusHolder } from '../status.ts';
import { ClusterMap } from './cluster-map.ts';
import { anyOf, fixedDirectory, type RedisDirectory } from './directory.ts';
import { type NodeAddress, nodeName } from './node-address.ts';
import {
  DEFAULT_FIRST_CONTACT_MS,
  DEFAULT_PUBLISH_DEADLINE_MS,
  READ_DEADLINE_MS,
  type RedisBrokerConfig,
  type RedisTarget,
  redisTarget,
} from './redis-config.ts';
import { describeRedisError, isReplyError } from './redis-error.ts';
import { type LinkOwner, type LinkRole, RedisLink } from './redis-link.ts';
import { checkServer } from './server-check.ts';

export interface SessionSettings {
  readonly config: RedisBrokerConfig;
  /** Does the adapter keep events in Redis, so that eviction would lose them? */
  readonly keepsEvents: boolean;
}

/** A Cluster is asked for its slots once in this time, in milliseconds, and whenever a node says that a slot has moved. */
const TOPOLOGY_MS = 1_000;

const NOWHERE: RedisTarget = {
  type: 'directory',
  access: { username: undefined, password: undefined, database: 0, tls: undefined },
  directory: fixedDirectory({ host: '', port: 0 }, 'an address that cannot be read'),
};

/** All links of one adapter to one Redis and the status that they make together: up only when every link is (F8, J7). */
export class RedisSession {
  /** For people: where this Redis is. */
  readonly shown: string;
  /** Of a Cluster, whose nodes it learns from the links of the role `subscribe`. */
  readonly cluster: ClusterMap | undefined;
  readonly status: StatusHolder;
  readonly #settings: SessionSettings;
  readonly #environment: BrokerEnvironment;
  readonly #links: RedisLink[] = [];
  readonly #faults = new Map<string, string>();
  readonly #mistake: unknown;
  readonly #target: RedisTarget;
  readonly #directory: RedisDirectory;
  #cancelLook: () => void = () => {};
  #onTopology: () => void = () => {};
  #opened = false;
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
      this.#target = redisTarget(settings.config);
    } catch (error) {
      // Told by open(), the one place where an adapter refuses its settings; no link is ever started.
      this.#mistake = error;
      this.#target = NOWHERE;
    }
    if (this.#target.type === 'cluster') {
      const { seeds, shown } = this.#target;
      const cluster = new ClusterMap(seeds, () => this.#onTopology());
      this.cluster = cluster;
      this.shown = shown;
      this.#directory = anyOf(() => cluster.nodes, shown);
    } else {
      this.cluster = undefined;
      this.#directory = this.#target.directory;
      this.shown = this.#directory.shown;
    }
    this.status = new StatusHolder(environment.clock, `no contact yet with Redis at ${this.shown}`);
  }

  /** By when a publish is answered, in milliseconds. */
  get publishDeadlineMs(): number {
    return this.#settings.config.publishDeadlineMs ?? DEFAULT_PUBLISH_DEADLINE_MS;
  }

  /** Of both adapters: what stands before every channel and key. */
  get prefix(): string {
    return this.#settings.config.prefix ?? '';
  }

  /** Calls back when a Cluster has said something new about its nodes. One listener. */
  onTopology(listener: () => void): void {
    this.#onTopology = listener;
  }

  /** A link to one node of a Cluster; see `link`. To be dropped with `drop`. */
  linkTo(node: NodeAddress, role: LinkRole, owner: LinkOwner): RedisLink {
    return this.#link(role, owner, fixedDirectory(node, `${nodeName(node)}, of ${this.shown}`));
  }

  /** Closes a link whose node is no longer there. */
  drop(link: RedisLink): void {
    const at = this.#links.indexOf(link);
    if (at >= 0) this.#links.splice(at, 1);
    void link.close();
    this.#update();
  }

  /**
   * A new link, started by `open()`, or at once where that has been. The server is checked whenever a publish link becomes ready. On a
   * Cluster it leads to any node.
   */
  link(role: LinkRole, owner: LinkOwner): RedisLink {
    return this.#link(role, owner, this.#directory);
  }

  #link(role: LinkRole, owner: LinkOwner, directory: RedisDirectory): RedisLink {
    const { clock, log } = this.#environment;
    const link = new RedisLink(
      {
        directory,
        access: this.#target.access,
        role,
        commandTimeoutMs: role === 'history' ? READ_DEADLINE_MS : this.publishDeadlineMs,
        clock,
        log,
        onChange: () => this.#update(),
      },
      {
        ready: (connection) => {
          owner.ready(connection);
          if (role === 'publish') void this.#check(connection, directory.shown);
          if (role === 'subscribe') this.#look(connection);
        },
        lost: (since) => owner.lost(since),
      },
    );
    this.#links.push(link);
    if (this.#opened && !this.#closed) link.start();
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
      this.#opened = true;
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
    this.#cancelLook();
    await Promise.all(this.#links.map((link) => link.close()));
    this.status.down('closed');
    this.#onContact();
  }

  /** Learns where the slots of a Cluster are, now and every so often. */
  #look(connection: Redis): void {
    const { cluster } = this;
    if (cluster === undefined) return;
    this.#cancelLook();
    cluster.refresh(connection).then(
      () => this.fault('cluster', undefined),
      // A link that broke tells of itself; a refusal is lasting.
      (error: unknown) => {
        if (isReplyError(error))
          this.fault('cluster', `it does not say where its slots are: ${describeRedisError(error)}`);
      },
    );
    this.#cancelLook = this.#environment.clock.after(TOPOLOGY_MS, () => {
      if (connection.status === 'ready') this.#look(connection);
    });
  }

  async #check(connection: Redis, shown: string): Promise<void> {
    const { problems, warnings } = await checkServer(connection, shown, this.#settings.keepsEvents);
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
      this.status.down(`Redis at ${this.shown} refuses the user or password: ${details(down)}`);
    } else if (this.#contacted && down.length > 0) {
      this.status.down(`no link to Redis at ${this.shown} to ${details(down)}`);
    }
  }
}

function details(links: readonly RedisLink[]): string {
  return links.map((link) => `${link.role}: ${link.detail}`).join('; ');
}
