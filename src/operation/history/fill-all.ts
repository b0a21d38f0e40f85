/** Reads of one page at the same moment. */
const AT_ONCE = 8;

/** Fills the readers of all partitions, some at a time. Rejects with the first failure. */
export async function fillAll(readers: readonly { fill(): Promise<void> }[]): Promise<void> {
  for (let first = 0; first < readers.length; first += AT_ONCE) {
    await Promise.all(readers.slice(first, first + AT_ONCE).map((reader) => reader.fill()));
  }
}
