import { totalmem } from 'node:os';

/** What is left to the kernel's buffers, to other processes, and to growth between two looks. */
const SHARE = 0.75;

/**
 * The default bound on the memory of one of `processes` that share a machine or container, in bytes: three quarters of what the
 * container may have, or of what the machine has.
 */
export function defaultMemoryBound(processes: number): number {
  // 0, or more than the machine has, where nothing constrains it.
  const constrained = process.constrainedMemory();
  const total = totalmem();
  const available = constrained > 0 && constrained < total ? constrained : total;
  return Math.floor((available * SHARE) / processes);
}
