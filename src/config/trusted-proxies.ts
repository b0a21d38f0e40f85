import { BlockList, isIP, isIPv6 } from 'node:net';
import type { ValueType } from './value-type.ts';

/** Whose word on the address of a client is taken (A9). */
export type TrustedProxies =
  /** So many proxies stand before the gateway, the last of them being its peer. */
  | { readonly type: 'hops'; readonly count: number }
  /** The proxies are in these networks, or have these addresses. */
  | { readonly type: 'networks'; readonly networks: readonly string[] };

const FIX =
  'Write how many proxies stand before the gateway (1), or the networks that they are in: 10.0.0.0/8,192.168.1.7,fd00::/8.';

/** A number of hops, or addresses and networks with commas between. */
export const trustedProxiesType: ValueType<TrustedProxies> = {
  placeholder: 'HOPS|NETWORK,…',
  list: true,
  parse(text) {
    if (/^\d{1,2}$/.test(text)) {
      const count = Number(text);
      if (count > 0) return { type: 'value', value: { type: 'hops', count } };
      return { type: 'invalid', message: 'no proxy at all', fix: `Leave it out to trust none. ${FIX}` };
    }
    const networks = text.split(',').map((entry) => entry.trim());
    const list = new BlockList();
    if (networks.every((entry) => addNetwork(list, entry))) {
      return { type: 'value', value: { type: 'networks', networks } };
    }
    return { type: 'invalid', message: 'neither a number of proxies nor a list of networks', fix: FIX };
  },
};

/** Whether an address, as text without a zone, lies in one of the networks, each of which `trustedProxiesType` accepts. */
export function networkTest(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) addNetwork(list, network);
  return (address) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

function addNetwork(list: BlockList, entry: string): boolean {
  const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
  const version = isIP(address);
  if (version === 0 || address.includes('%')) return false;
  const family = version === 6 ? 'ipv6' : 'ipv4';
  const bits = prefix === undefined ? undefined : Number(prefix);
  if (bits === undefined) list.addAddress(address, family);
  else if (bits <= (version === 6 ? 128 : 32)) list.addSubnet(address, bits, family);
  else return false;
  return true;
}
