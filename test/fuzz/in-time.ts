/** How long anything may take on a busy machine before the server counts as stuck, in milliseconds. */
export const STUCK_MS = 60_000;

/** The promise's own outcome, or an error when it has none in time. */
export async function inTime<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${STUCK_MS / 1000} s`)), STUCK_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
