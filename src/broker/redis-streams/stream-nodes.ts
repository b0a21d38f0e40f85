import type { BrokerEnvironment } from '../environment.ts';
import { keySlot } from '../redis/key-slot.ts';
import { nodeName } from '../redis/node-address.ts';
import type { RedisSession } from '../redis/redis-session.ts';
import { StreamNode } from './stream-node.ts';
import type { StreamTail } from './stream-tail.ts';

/**
 * Which node holds which stream, and the tails at the readers of their nodes. Without a Cluster there is one node for all. When a slot
 * moves, or a replica takes over, the tails move to the new node with the place that they had: nothing is missed or doubled.
 */
export class StreamNodes {
  readonly #session: RedisSession;
  readonly #environment: BrokerEnvironment;
  /** By name; empty without a Cluster. */
  readonly #primaries = new Map<string, StreamNode>();
  readonly #only: StreamNode | undefined;
  /** With the node at whose reader it is; undefined while the owner of its slot is not known. */
  readonly #tails = new Map<StreamTail, StreamNode | undefined>();

  constructor(session: RedisSession, environment: BrokerEnvironment) {
    this.#session = session;
    this.#environment = environment;
    this.#only = session.cluster === undefined ? new StreamNode(session, undefined, environment) : undefined;
    session.onTopology(() => this.#changed());
  }

  /** The node that holds a key; undefined while a Cluster has not said so. */
  of(key: string): StreamNode | undefined {
    if (this.#only !== undefined) return this.#only;
    const owner = this.#session.cluster?.ownerOf(keySlot(key));
    return owner === undefined ? undefined : this.#primaries.get(nodeName(owner));
  }

  add(tail: StreamTail): void {
    const node = this.of(tail.key);
    this.#tails.set(tail, node);
    node?.reader.add(tail);
  }

  remove(tail: StreamTail): void {
    this.#tails.get(tail)?.reader.remove(tail);
    this.#tails.delete(tail);
  }

  wake(tail: StreamTail): void {
    this.#tails.get(tail)?.reader.wake(tail);
  }

  /** Nothing is read any more; publishes in flight are answered within the deadline. */
  async close(deadlineMs: number): Promise<void> {
    const all = this.#only === undefined ? [...this.#primaries.values()] : [this.#only];
    for (const node of all) node.reader.disconnected();
    await Promise.all(all.map((node) => node.lane.drain(deadlineMs)));
  }

  #changed(): void {
    const { cluster } = this.#session;
    if (cluster === undefined) return;
    const names = new Set(cluster.primaries.map(nodeName));
    for (const address of cluster.primaries) {
      const name = nodeName(address);
      if (!this.#primaries.has(name)) {
        this.#primaries.set(name, new StreamNode(this.#session, address, this.#environment));
      }
    }
    for (const [tail, node] of this.#tails) {
      const now = this.of(tail.key);
      if (now === node) continue;
      node?.reader.remove(tail);
      tail.reading = false;
      this.#tails.set(tail, now);
      now?.reader.add(tail);
    }
    for (const [name, node] of this.#primaries) {
      if (names.has(name)) continue;
      this.#primaries.delete(name);
      node.drop();
    }
  }
}
