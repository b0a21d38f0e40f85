import { OperationError } from '../error/operation-error.ts';

/** Whether the process may take on more. Asked wherever new work begins: one gate for all transports. */
export interface MemoryGate {
  /** Undefined: it may. Otherwise the bound, in bytes, that its memory is above; the refusal is counted. */
  refusal(): number | undefined;
}

/** Lets everything in. */
export const UNLIMITED_MEMORY: MemoryGate = { refusal: () => undefined };

/** Memory is looked at every second. */
const RETRY_AFTER_MS = 1_000;

/** P96: LIMIT_EXCEEDED with the limit, its value and when to come back. */
export function memoryExceeded(bytes: number): OperationError {
  return new OperationError(
    'LIMIT_EXCEEDED',
    `The server takes on nothing new while its memory is above ${Math.round(bytes / 1_048_576)} MiB. Try again later.`,
    { limit: 'maxMemory', value: bytes, retryAfterMs: RETRY_AFTER_MS },
  );
}
