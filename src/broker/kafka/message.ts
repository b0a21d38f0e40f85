import type { MessageRecord } from '@platformatic/kafka';
import type { PublishRequest } from '../port.ts';
import { TRACE_ATTRIBUTES } from './trace-headers.ts';

/** A record's own fields on the wire are a few varints; with room to spare. */
const RECORD_OVERHEAD_BYTES = 64;
const HEADER_OVERHEAD_BYTES = 10;
/** A batch's header, which a record that goes alone has to itself. */
export const BATCH_OVERHEAD_BYTES = 61;

/**
 * A publish as a Kafka record: the JSON text as value, the key as key, and the attributes as headers, as the CloudEvents Kafka binding
 * says for its binary mode (§3.2: `ce_` before each name, and the media type in `content-type`).
 */
export function kafkaMessage(
  request: PublishRequest,
  place: { readonly topic: string; readonly partition: number },
  timestamp: number,
): MessageRecord {
  const headers = new Map<Buffer, Buffer>();
  const { attributes } = request;
  for (const [name, text] of attributes) {
    headers.set(kept(`ce_${name}`), CHANGING.has(name) ? Buffer.from(text) : kept(text));
    if (TRACE_ATTRIBUTES.has(name)) headers.set(kept(name), Buffer.from(text));
  }
  if (attributes.size > 0) {
    if (!attributes.has('specversion')) headers.set(kept('ce_specversion'), kept('1.0'));
    headers.set(kept('content-type'), kept('application/json'));
  }
  return {
    ...(request.key === undefined ? {} : { key: Buffer.from(request.key) }),
    value: Buffer.from(request.value),
    headers,
    topic: place.topic,
    partition: place.partition,
    timestamp: BigInt(timestamp),
  };
}

/** Attributes that are another text with every event. */
const CHANGING: ReadonlySet<string> = new Set(['id', 'time', ...TRACE_ATTRIBUTES]);

/** Texts that are kept as bytes, at most; the names and types of a schema are far fewer. */
const MOST_KEPT = 1_000;
const keptBytes = new Map<string, Buffer>();

function kept(text: string): Buffer {
  let bytes = keptBytes.get(text);
  if (bytes === undefined) {
    bytes = Buffer.from(text);
    if (keptBytes.size < MOST_KEPT) keptBytes.set(text, bytes);
  }
  return bytes;
}

/** At least what the record takes on the wire, in bytes. */
export function messageBytes(message: MessageRecord): number {
  let bytes = RECORD_OVERHEAD_BYTES + message.value.length + (message.key?.length ?? 0);
  for (const [name, text] of message.headers ?? []) bytes += HEADER_OVERHEAD_BYTES + name.length + text.length;
  return bytes;
}
