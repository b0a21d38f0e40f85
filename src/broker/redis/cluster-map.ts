import type { Redis } from 'ioredis';
import { SLOTS } from './key-slot.ts';
import { type NodeAddress, nodeName } from './node-address.ts';

/** Which primary of a Redis Cluster holds which slots, as the Cluster last said. */
export class ClusterMap {
  readonly #seeds: readonly NodeAddress[];
  readonly #onChange: () => void;
  #owners: readonly (NodeAddress | undefined)[] = [];
  #primaries: readonly NodeAddress[] = [];
  #text = '';
  #asking: Promise<void> | undefined;

  /** `onChange` is called when the Cluster says something new. */
  constructor(seeds: readonly NodeAddress[], onChange: () => void) {
    this.#seeds = seeds;
    this.#onChange = onChange;
  }

  /** Primaries that hold slots; empty until the Cluster was asked. */
  get primaries(): readonly NodeAddress[] {
    return this.#primaries;
  }

  /** Whom to ask: the primaries that are known, and those that were written. */
  get nodes(): readonly NodeAddress[] {
    const byName = new Map([...this.#seeds, ...this.#primaries].map((node) => [nodeName(node), node]));
    return [...byName.values()];
  }

  ownerOf(slot: number): NodeAddress | undefined {
    return this.#owners[slot];
  }

  /** Asks the node of a connection; the questions of one moment are one. Rejects with its error. */
  refresh(connection: Redis): Promise<void> {
    this.#asking ??= this.#ask(connection).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(connection: Redis): Promise<void> {
    const reply = (await connection.call('CLUSTER', 'SLOTS')) as readonly SlotRange[];
    const text = JSON.stringify(reply);
    if (text === this.#text) return;
    const owners: (NodeAddress | undefined)[] = new Array(SLOTS).fill(undefined);
    const primaries = new Map<string, NodeAddress>();
    for (const [first, last, [host, port]] of reply) {
      // A node that does not know its own address leaves it to who asked.
      const found: NodeAddress = { host: host || (connection.options.host ?? ''), port };
      const node = primaries.get(nodeName(found)) ?? found;
      primaries.set(nodeName(node), node);
      owners.fill(node, first, last + 1);
    }
    this.#text = text;
    this.#owners = owners;
    this.#primaries = [...primaries.values()];
    this.#onChange();
  }
}

/** First and last slot, the primary, and its replicas. */
type SlotRange = readonly [
  first: number,
  last: number,
  primary: readonly [host: string | null, port: number],
  ...replicas: readonly unknown[],
];
