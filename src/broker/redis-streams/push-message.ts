import { readTraceparent } from '../../tracing/trace-context.ts';

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
  /** See `BrokerRecord`. */
  readonly traceparent?: string;
}

const FORMAT =
  /^2 ([A-Za-z0-9_-]{1,40}) (\d{1,20}-\d{1,20}) (\d{1,20}-\d{1,20}) (\d{1,15}) ([01])(?: ([0-9a-f-]{55}))?$/;
const LONGEST_HEAD = 220;

/** Reads a push; undefined for anything that the script would not write: the tail then looks into the stream itself. */
export function parsePush(message: Buffer): PushMessage | undefined {
  const end = message.indexOf(10);
  if (end < 0 || end > LONGEST_HEAD) return undefined;
  const match = FORMAT.exec(message.toString('latin1', 0, end));
  const [, epoch, previous, id, ordinal, whole, trace] = match ?? [];
  if (epoch === undefined || previous === undefined || id === undefined) return undefined;
  const data = whole === '1' ? message.subarray(end + 1) : undefined;
  const traceparent = readTraceparent(trace);
  return { epoch, previous, id, ordinal: Number(ordinal), data, ...(traceparent === undefined ? {} : { traceparent }) };
}
