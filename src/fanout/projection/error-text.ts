import type { WireError } from '../../error/operation-error.ts';

/** One error of an event as JSON text (P84, P97). */
export function errorText(
  message: string,
  locations: WireError['locations'] | undefined,
  path: readonly (string | number)[],
): string {
  const wire: WireError = {
    message,
    ...(locations === undefined ? {} : { locations }),
    path,
    extensions: { code: 'EVENT_INVALID' },
  };
  return JSON.stringify(wire);
}
