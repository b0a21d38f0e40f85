import { OperationError } from '../../error/operation-error.ts';

export type CallerLimit =
  | 'maxSocketsPerAddress'
  | 'maxConnectionsPerSecond'
  | 'maxOperationsPerSecond'
  | 'maxOperationsPerAddress';

/** P96: LIMIT_EXCEEDED with the limit, its value and when to come back. */
export function refusalOf(limit: CallerLimit, value: number, retryAfterMs: number): OperationError {
  const seconds = (retryAfterMs / 1000).toFixed(1);
  return new OperationError('LIMIT_EXCEEDED', `${rule(limit, value)} Try again in ${seconds} s.`, {
    limit,
    value,
    retryAfterMs,
  });
}

function rule(limit: CallerLimit, value: number): string {
  switch (limit) {
    case 'maxSocketsPerAddress':
      return `One client address may have at most ${value} connections.`;
    case 'maxConnectionsPerSecond':
      return `One client address may open at most ${value} connections a second.`;
    case 'maxOperationsPerSecond':
      return `One connection may start at most ${value} operations a second.`;
    case 'maxOperationsPerAddress':
      return `One client address may start at most ${value} operations a second.`;
    default:
      return limit satisfies never;
  }
}
