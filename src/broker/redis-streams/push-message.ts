/** What the publish script says on the channel `sluice:{instance}` about one new entry. */
export interface PushMessage {
  readonly epoch: string;
  /** The id that the stream gave out directly before this one. */
  readonly previous: string;
  readonly id: string;
  /** Of the entry since the stream was born. */
  readonly ordinal: number;
  /** JSON text; undefined when it is too long to be pushed and has to be read from the stream. */
  readonly data: Buffer | undefined;
}

/** The channel of the pushes and the key of what Sluice knows about a stream. The braces keep it in the stream's slot on a Cluster. */
export function companionOf(instance: string): string {
  return `sluice:{${instance}}`;
}

const FORMAT = /^2 ([A-Za-z0-9_-]{1,40}) (\d{1,20}-\d{1,20}) (\d{1,20}-\d{1,20}) (\d{1,15}) ([01])$/;
const LONGEST_HEAD = 160;

/** Reads a push; undefined for anything that the script would not write: the tail then looks into the stream itself. */
export function parsePush(message: Buffer): PushMessage | undefined {
  const end = message.indexOf(10);
  if (end < 0 || end > LONGEST_HEAD) return undefined;
  const match = FORMAT.exec(message.toString('latin1', 0, end));
  const [, epoch, previous, id, ordinal, whole] = match ?? [];
  if (epoch === undefined || previous === undefined || id === undefined) return undefined;
  const data = whole === '1' ? message.subarray(end + 1) : undefined;
  return { epoch, previous, id, ordinal: Number(ordinal), data };
}
