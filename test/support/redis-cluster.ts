import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { type RedisServer, startRedisServer } from './redis-server.ts';

const SLOTS = 16_384;
const NODES = 3;

/** A real Redis Cluster of three primaries on loopback, without replicas. */
export interface RedisCluster {
  readonly nodes: readonly RedisServer[];
  /** `host:port` of each. */
  readonly addresses: readonly string[];
  /** The node that holds a key. */
  ownerOf(key: string): Promise<RedisServer>;
  /** Moves the slot of a key, with all keys in it, to another node, as a reshard does. */
  move(key: string, to: RedisServer): Promise<void>;
  stop(): Promise<void>;
}

export async function startRedisCluster(): Promise<RedisCluster> {
  const nodes: RedisServer[] = [];
  const busPorts: number[] = [];
  for (let index = 0; index < NODES; index += 1) {
    const bus = await freePort();
    busPorts.push(bus);
    const args = ['--cluster-enabled', 'yes', '--cluster-port', String(bus), '--cluster-node-timeout', '5000'];
    nodes.push(await startRedisServer({ args }));
  }
  const [first] = nodes;
  if (first === undefined) throw new Error('there are nodes');
  const share = Math.ceil(SLOTS / NODES);
  for (const [index, node] of nodes.entries()) {
    const from = index * share;
    await node.cli('CLUSTER', 'ADDSLOTSRANGE', String(from), String(Math.min(SLOTS, from + share) - 1));
    if (node !== first) await first.cli('CLUSTER', 'MEET', '127.0.0.1', String(node.port), String(busPorts[index]));
  }
  await eventually(
    async () => {
      const states = await Promise.all(nodes.map((node) => node.cli('CLUSTER', 'INFO')));
      return states.every((state) => state.includes('cluster_state:ok') && state.includes('cluster_known_nodes:3'));
    },
    { deadlineMs: 60_000, what: 'a Cluster that is ok' },
  );

  const ids = new Map<RedisServer, string>();
  for (const node of nodes) ids.set(node, await node.cli('CLUSTER', 'MYID'));
  const ownerOf = async (key: string): Promise<RedisServer> => {
    const slot = Number(await first.cli('CLUSTER', 'KEYSLOT', key));
    const ranges = JSON.parse(await first.cli('--json', 'CLUSTER', 'SLOTS')) as readonly Range[];
    const port = ranges.find(([from, to]) => from <= slot && slot <= to)?.[2][1];
    const owner = nodes.find((node) => node.port === port);
    if (owner === undefined) throw new Error(`nobody holds slot ${slot}`);
    return owner;
  };
  return {
    nodes,
    addresses: nodes.map(({ port }) => `127.0.0.1:${port}`),
    ownerOf,
    async move(key, to) {
      const from = await ownerOf(key);
      const slot = await first.cli('CLUSTER', 'KEYSLOT', key);
      const [source, target] = [ids.get(from) ?? '', ids.get(to) ?? ''];
      await to.cli('CLUSTER', 'SETSLOT', slot, 'IMPORTING', source);
      await from.cli('CLUSTER', 'SETSLOT', slot, 'MIGRATING', target);
      const keys = (await from.cli('CLUSTER', 'GETKEYSINSLOT', slot, '1000')).split('\n').filter((name) => name !== '');
      if (keys.length > 0) {
        await from.cli('MIGRATE', '127.0.0.1', String(to.port), '', '0', '5000', 'KEYS', ...keys);
      }
      for (const node of [to, from, ...nodes]) await node.cli('CLUSTER', 'SETSLOT', slot, 'NODE', target);
    },
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

type Range = readonly [first: number, last: number, primary: readonly [host: string, port: number]];
