import { isIP } from 'node:net';

/** The headers of a WebSocket handshake that say who asks; empty where they are absent. */
export interface HandshakeHeaders {
  readonly origin: string;
  readonly host: string;
  readonly cookie: string;
}

/**
 * A1: whether a WebSocket handshake may come from this origin. Browsers send Origin with every one, so a page of a foreign site is
 * told apart from ours; a client without Origin is no browser, and has no cookies.
 *
 * Without `allowedOrigins`: the origin's host and port equal the Host header's, or both hosts are loopback (a development server on
 * another port). With it: the origin is one of the list, compared exactly, and nothing else passes. `null`, look-alikes and
 * anything that is no http(s) origin are refused.
 */
export function isOriginAllowed(
  { origin, host, cookie }: HandshakeHeaders,
  allowedOrigins: readonly string[] | undefined,
): boolean {
  if (origin === '') return cookie === '';
  if (allowedOrigins !== undefined) return allowedOrigins.includes(origin);
  if (!/^https?:/.test(origin) || !URL.canParse(origin)) return false;
  const from = new URL(origin);
  // Only a serialized origin, as browsers send it, is equal to its own parse.
  if (from.origin !== origin) return false;
  // A proxy may have ended TLS before us, so the origin's scheme says which port the Host header leaves out.
  const target = `${from.protocol}//${host}`;
  if (host === '' || !URL.canParse(target)) return false;
  const to = new URL(target);
  return from.host === to.host || (isLoopbackHost(from.hostname) && isLoopbackHost(to.hostname));
}

function isLoopbackHost(hostname: string): boolean {
  if (hostname === 'localhost' || hostname === '[::1]') return true;
  return isIP(hostname) === 4 && hostname.startsWith('127.');
}
