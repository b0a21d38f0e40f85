import { isIP } from 'node:net';

/** Where a request says that it comes from. Valid only while its head is. */
export interface AddressSource {
  /** The address of the socket's other end. */
  peer(): string;
  /** The values of all X-Forwarded-For headers, in their order. */
  forwardedFor(): readonly string[];
}

/** Whose X-Forwarded-For is believed (A9). */
export type ProxyTrust =
  /** Nobody's. */
  | { readonly type: 'none' }
  /** So many proxies stand before the gateway, the last of them being its peer. */
  | { readonly type: 'hops'; readonly count: number }
  /** Proxies with these addresses. */
  | { readonly type: 'networks'; contains(address: string): boolean };

/**
 * The address of the client: that of the socket, or what trusted proxies say. Each proxy writes at the right end whom it heard from, so
 * the list is read from there, and the first address that is no trusted proxy's is the client: what stands left of it, the client may
 * have written itself (A9). Where the list ends, or goes on with what is no address, the last one believed is the answer.
 */
export function clientAddress(source: AddressSource, trust: ProxyTrust): string {
  let client = source.peer();
  if (trust.type === 'none') return client;
  const forwarded = source
    .forwardedFor()
    .flatMap((value) => value.split(','))
    .map(addressIn);
  for (let hops = 0; isTrusted(trust, client, hops); hops += 1) {
    const before = forwarded.pop();
    if (before === undefined) break;
    client = before;
  }
  return client;
}

function isTrusted(trust: Exclude<ProxyTrust, { type: 'none' }>, address: string, hops: number): boolean {
  return trust.type === 'hops' ? hops < trust.count : trust.contains(address);
}

/** The address in an entry of X-Forwarded-For, without brackets and port; undefined when there is none. */
function addressIn(entry: string): string | undefined {
  const text = entry.trim();
  const bracketed = /^\[([^\]]{2,45})\](?::\d{1,5})?$/.exec(text)?.[1];
  const address = bracketed ?? /^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/.exec(text)?.[1] ?? text;
  return isIP(address) === 0 ? undefined : address;
}
