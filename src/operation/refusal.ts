import type { WireError } from '../error/operation-error.ts';
import type { RefusalStage, RefusedOperation } from './port.ts';

/** A request that fails before anything runs. */
export function refused(stage: RefusalStage, errors: readonly WireError[]): RefusedOperation {
  return { type: 'refused', stage, errors };
}
