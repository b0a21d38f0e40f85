import type { NodeAddress } from './node-address.ts';

/** Where a link finds its Redis. Asked anew at every attempt, so that a link follows a fail-over. */
export interface RedisDirectory {
  /** For people: the address, or how it is found. */
  readonly shown: string;
  /** Must a node say that it is a primary before it is used? One that Sentinels name may not have been told yet. */
  readonly mustBePrimary: boolean;
  /** Rejects with an error for people when nobody knows. */
  locate(): NodeAddress | Promise<NodeAddress>;
}

/** One server, always there. */
export function fixedDirectory(address: NodeAddress, shown: string): RedisDirectory {
  return { shown, mustBePrimary: false, locate: () => address };
}

/** Any of some nodes: the next one at every attempt, so that a dead one is passed over. `nodes` may change. */
export function anyOf(nodes: () => readonly NodeAddress[], shown: string): RedisDirectory {
  let next = Math.floor(Math.random() * nodes().length);
  return {
    shown,
    mustBePrimary: false,
    locate() {
      const all = nodes();
      const node = all[next++ % all.length];
      if (node === undefined) throw new Error('no node of the Cluster is known');
      return node;
    },
  };
}
