/** What the exit codes of `sluice` mean. 70 is set by main.ts alone. */
export const EXIT_CODES = {
  ok: 0,
  failed: 1,
  usage: 2,
  bug: 70,
} as const;
