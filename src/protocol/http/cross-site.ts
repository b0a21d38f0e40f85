import type { RequestHead } from './http-message.ts';
import { isJsonContentType } from './media-type.ts';
import { isOriginAllowed } from './origin.ts';

/**
 * Headers that a page can send to another site only after a preflight, and that no browser and no proxy adds by itself. Clients set
 * them to show that they are no forged form or link.
 */
const DELIBERATE_HEADERS = [
  'graphql-require-preflight',
  'apollo-require-preflight',
  'x-apollo-operation-name',
  'x-requested-with',
] as const;

/**
 * P68, A2, A3: whether a page of another site could have made a browser send this request, with its user's cookies. It could not when
 * the request has no cookies, a JSON body, a header that needs a preflight, an allowed origin (`isOriginAllowed`), or a browser
 * that says that the page is of the same origin.
 */
export function mayBeForged(head: RequestHead, allowedOrigins: readonly string[] | undefined): boolean {
  const cookie = head.header('cookie');
  if (cookie === '') return false;
  if (isJsonContentType(head.header('content-type'))) return false;
  if (head.header('sec-fetch-site') === 'same-origin') return false;
  if (DELIBERATE_HEADERS.some((name) => head.header(name) !== '')) return false;
  const origin = head.header('origin');
  return !isOriginAllowed({ origin, host: head.header('host'), cookie }, allowedOrigins);
}
