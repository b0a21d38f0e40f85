import { isIPv4, isIPv6 } from 'node:net';

/**
 * What stands for a client in the table of addresses: an IPv4 address, also out of its IPv6-mapped form, or the first 64 bits of an
 * IPv6 address: whoever has one of those has all addresses behind them. What is no address is one client, `unknown`.
 */
export function addressKey(address: string): string {
  if (isIPv4(address)) return address;
  const groups = isIPv6(address) ? groupsOf(address) : undefined;
  if (groups === undefined) return 'unknown';
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  const [, , , , , , high = 0, low = 0] = groups;
  if (mapped) return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

/** The eight groups of a well-formed IPv6 address. */
function groupsOf(address: string): readonly number[] | undefined {
  const [text = ''] = address.split('%');
  const [head = '', tail] = text.split('::');
  const before = numbersOf(head);
  const after = tail === undefined ? [] : numbersOf(tail);
  const missing = 8 - before.length - after.length;
  if (missing < 0) return undefined;
  return [...before, ...Array.from<number>({ length: missing }).fill(0), ...after];
}

function numbersOf(part: string): readonly number[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!isIPv4(group)) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}
