/** What the publish script says on the channel `sluice:{instance}` about one new entry. */
export interface PushMessage {
  /** The id of the entry directly before it; undefined when the script could not be sure of it. */
  readonly previous: string | undefined;
  readonly id: string;
  /** JSON text; undefined when it is too long to be pushed and has to be read from the stream. */
  readonly data: Buffer | undefined;
}

/** The channel of the pushes and the key of what Sluice knows about a stream. The braces keep it in the stream's slot on a Cluster. */
export function companionOf(instance: string): string {
  return `sluice:{${instance}}`;
}

const FORMAT = /^1 (-|\d{1,20}-\d{1,20}) (\d{1,20}-\d{1,20}) ([01])$/;
const LONGEST_HEAD = 100;

/** Reads a push; undefined for anything that the script would not write: the tail then looks into the stream itself. */
export function parsePush(message: Buffer): PushMessage | undefined {
  const end = message.indexOf(10);
  if (end < 0 || end > LONGEST_HEAD) return undefined;
  const match = FORMAT.exec(message.toString('latin1', 0, end));
  const [, previous, id, whole] = match ?? [];
  if (previous === undefined || id === undefined) return undefined;
  return {
    previous: previous === '-' ? undefined : previous,
    id,
    data: whole === '1' ? message.subarray(end + 1) : undefined,
  };
}
