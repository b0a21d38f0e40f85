/** The URL of a gateway as a person gave it, with `/graphql` where no path was given; undefined when it is no HTTP URL. */
export function gatewayUrl(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  if (url.pathname === '/' && url.search === '') url.pathname = '/graphql';
  return url.href;
}
