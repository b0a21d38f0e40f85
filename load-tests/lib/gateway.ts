import http from 'k6/http';

/** `http://host:port/graphql` of the gateway under test. */
export const GATEWAY_URL: string = __ENV['SLUICE_URL'] ?? 'http://127.0.0.1:4000/graphql';

/** The same for sockets. */
export const GATEWAY_SOCKET_URL: string = GATEWAY_URL.replace(/^http/, 'ws');

/** Runs a mutation by HTTP. Undefined when it succeeded, else what went wrong. */
export async function mutate(query: string, variables: object): Promise<string | undefined> {
  const response = await http.asyncRequest('POST', GATEWAY_URL, JSON.stringify({ query, variables }), {
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
  });
  if (response.status !== 200) return `status ${response.status}: ${response.body}`;
  const { errors } = response.json() as { errors?: unknown };
  return errors === undefined ? undefined : JSON.stringify(errors);
}
