import type { WireError } from '../error/operation-error.ts';

/** JSON text of an array of errors. A bigint among their facts becomes a decimal string, as Long does in results. */
export function errorsText(errors: readonly WireError[]): string {
  return JSON.stringify(errors, (_member, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}
