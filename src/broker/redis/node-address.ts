/** Where one Redis process listens. */
export interface NodeAddress {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Reads `host:port`, an IPv6 host in brackets. The text was checked where it was written. */
export function nodeAddress(text: string): NodeAddress {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port: Number(text.slice(colon + 1)) };
}

/** `host:port` as people read it, and as a key: an IPv6 host stands in brackets. */
export function nodeName({ host, port }: NodeAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
