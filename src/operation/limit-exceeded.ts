import type { WireError } from '../error/operation-error.ts';

/** P96: a request that passes a limit; `found` says what it has, `limit` is the name of the setting. */
export function limitExceeded<L extends string>(
  limits: { readonly [K in L]: number },
  limit: L,
  found: string,
): WireError {
  const value = limits[limit];
  return { message: `${found}; at most ${value} are allowed.`, extensions: { code: 'LIMIT_EXCEEDED', limit, value } };
}

/** The setting that refused a request, by the errors that it was refused with. */
export function limitOf(errors: readonly WireError[]): string | undefined {
  const limit = errors[0]?.extensions['limit'];
  return typeof limit === 'string' ? limit : undefined;
}
