import type { metadataV12 } from '@platformatic/kafka';
import type { Clock } from '../../time/clock.ts';
import { type ClusterView, clusterView, nodesOf } from './cluster-view.ts';
import type { NodeAddress } from './config.ts';
import { type KafkaLink, LinkLost } from './link.ts';
import type { LinkPurpose, Links } from './links.ts';
import { isTooOld, metadataRequest } from './requests.ts';

/** Milliseconds between two probes. */
const PROBE_MS = 1_500;
/** Every so many milliseconds a probe asks for the topics as well: new partitions and re-created topics show here (F14, F17). */
const REFRESH_MS = 30_000;
/** Milliseconds without an answer after which the cluster counts as lost (J7 asks for 5 s). */
const LOST_MS = 4_000;
/** Milliseconds during which a refusal is believed without asking again. */
const FAILED_MS = 250;

/** What the adapter does with the cluster's news. Called synchronously. */
export interface ClusterListener {
  /** The cluster described itself anew. */
  refreshed(view: ClusterView): void;
  answered(): void;
  /** No node answered; `detail` is for people. Told at every failure until one answers. */
  lost(detail: string): void;
}

/**
 * Knows where every partition is, and whether anyone is there at all: one small request every 1.5 s, and a whole description
 * every 30 s or when somebody met an error (`refresh`).
 */
export class Cluster {
  readonly #links: Links;
  readonly #clock: Clock;
  #topics: readonly string[];
  readonly #bootstrap: readonly NodeAddress[];
  readonly #listener: ClusterListener;
  #view: ClusterView | undefined;
  readonly #watched = new WeakSet<KafkaLink>();
  #probing: Promise<void> | undefined;
  #askingWhole = false;
  #failures = 0;
  #failedAt = Number.NEGATIVE_INFINITY;
  #refreshedAt = Number.NEGATIVE_INFINITY;
  #stale = true;
  #cancelProbe: () => void = () => {};
  #cancelLost: () => void = () => {};
  #answering: NodeAddress | undefined;
  #closed = false;

  constructor(
    links: Links,
    clock: Clock,
    settings: { readonly bootstrap: readonly NodeAddress[]; readonly topics: readonly string[] },
    listener: ClusterListener,
  ) {
    this.#links = links;
    this.#clock = clock;
    this.#topics = settings.topics;
    this.#bootstrap = settings.bootstrap;
    this.#listener = listener;
  }

  /** Undefined until the first answer. */
  get view(): ClusterView | undefined {
    return this.#view;
  }

  /** Milliseconds since the view was asked for; infinite without one. */
  get viewAgeMs(): number {
    return this.#clock.monotonic() - this.#refreshedAt;
  }

  /** Begins to probe, now and until `close`. */
  start(): void {
    this.#armLost();
    void this.#probe();
  }

  /** The topics to ask for from now on. */
  set topics(names: readonly string[]) {
    this.#topics = names;
    this.#stale = true;
  }

  /** Asks for the topics, now. Settles when it is through, also when nobody answered; at once when nobody did a moment ago. */
  refresh(): Promise<void> {
    this.#stale = true;
    if (this.#clock.monotonic() - this.#failedAt < FAILED_MS) return Promise.resolve();
    const under = this.#probing;
    return under !== undefined && !this.#askingWhole ? under.then(() => this.#probe()) : this.#probe();
  }

  close(): void {
    this.#closed = true;
    this.#cancelProbe();
    this.#cancelLost();
  }

  /** A link to a node that leads something; rejects when none can be made. */
  linkTo(node: number, purpose: LinkPurpose): Promise<KafkaLink> {
    const address = this.#view?.nodes.get(node);
    if (address === undefined) return Promise.reject(new Error(`Kafka node ${node} is not part of the cluster now.`));
    return this.#links.get(address, purpose);
  }

  /** A link for questions that any node answers: to the one that answered last. */
  async anyLink(): Promise<KafkaLink> {
    const failures: string[] = [];
    for (const address of this.#addresses()) {
      try {
        return await this.#links.get(address, 'control');
      } catch (error) {
        failures.push(String(error instanceof Error ? error.message : error));
      }
    }
    throw new Error(failures.join(' '));
  }

  #probe(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#probing ??= this.#ask().finally(() => {
      this.#probing = undefined;
      this.#cancelProbe();
      if (this.#closed) return;
      this.#cancelProbe = this.#clock.after(this.#pauseMs(), () => {
        void this.#probe();
      });
    });
    return this.#probing;
  }

  #pauseMs(): number {
    if (this.#failures > 0) return Math.min(PROBE_MS, 2 ** this.#failures * 125);
    // Somebody met an error while the answer was under way: it may be older than the error.
    return this.#stale ? FAILED_MS : PROBE_MS;
  }

  /** Asks one node after the other until one answers. */
  async #ask(): Promise<void> {
    const whole = this.#stale || this.#clock.monotonic() - this.#refreshedAt >= REFRESH_MS;
    this.#askingWhole = whole;
    if (whole) this.#stale = false;
    const troubles: string[] = [];
    for (const address of this.#addresses()) {
      try {
        const answer = await this.#metadata(address, whole ? this.#topics : []);
        if (!this.#closed) this.#take(address, answer, whole);
        return;
      } catch (error) {
        if (this.#closed) return;
        if (this.#answering === address) this.#answering = undefined;
        troubles.push(error instanceof Error ? error.message : String(error));
      }
    }
    if (whole) this.#stale = true;
    this.#failures += 1;
    this.#failedAt = this.#clock.monotonic();
    this.#listener.lost(troubles.join(' '));
  }

  /** A link that broke while it was idle shows at the next request; that is worth a second try on a new one. */
  async #metadata(address: NodeAddress, topics: readonly string[]): Promise<metadataV12.MetadataResponse> {
    const began = this.#clock.monotonic();
    try {
      return await this.#metadataOnce(address, topics);
    } catch (error) {
      if (!(error instanceof LinkLost) || this.#clock.monotonic() - began > FAILED_MS) throw error;
      return this.#metadataOnce(address, topics);
    }
  }

  async #metadataOnce(address: NodeAddress, topics: readonly string[]): Promise<metadataV12.MetadataResponse> {
    const link = await this.#links.get(address, 'control');
    if (isTooOld(link))
      throw new Error(`Kafka at ${address.host}:${address.port} is older than 3.1, which Sluice needs.`);
    if (!this.#watched.has(link)) {
      this.#watched.add(link);
      // A lost link is the first sign of a lost broker.
      link.onClosed(() => void this.refresh());
    }
    return link.request(metadataRequest(topics));
  }

  #take(address: NodeAddress, answer: metadataV12.MetadataResponse, whole: boolean): void {
    this.#answering = address;
    this.#failures = 0;
    this.#failedAt = Number.NEGATIVE_INFINITY;
    this.#armLost();
    this.#listener.answered();
    if (whole) {
      this.#refreshedAt = this.#clock.monotonic();
      this.#view = clusterView(answer);
      this.#listener.refreshed(this.#view);
    } else if (this.#view !== undefined && !sameNodes(this.#view.nodes, nodesOf(answer))) {
      this.#stale = true;
    }
  }

  #armLost(): void {
    this.#cancelLost();
    this.#cancelLost = this.#clock.after(LOST_MS, () => {
      this.#listener.lost(`Kafka has not answered for ${LOST_MS / 1000} s.`);
    });
  }

  /** The node that answered last, then the others that are known, then those of the settings. */
  #addresses(): readonly NodeAddress[] {
    const known = [...(this.#view?.nodes.values() ?? []), ...this.#bootstrap];
    const first = this.#answering === undefined ? known : [this.#answering, ...known];
    return [...new Map(first.map((address) => [`${address.host}:${address.port}`, address])).values()];
  }
}

function sameNodes(before: ReadonlyMap<number, NodeAddress>, now: ReadonlyMap<number, NodeAddress>): boolean {
  if (before.size !== now.size) return false;
  for (const [id, address] of now) {
    const known = before.get(id);
    if (known === undefined || known.host !== address.host || known.port !== address.port) return false;
  }
  return true;
}
