import type { MessageRecord } from '@platformatic/kafka';
import type { PublishRequest } from '../port.ts';

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
  for (const [name, text] of attributes) headers.set(Buffer.from(`ce_${name}`), Buffer.from(text));
  if (attributes.size > 0) {
    if (!attributes.has('specversion')) headers.set(Buffer.from('ce_specversion'), Buffer.from('1.0'));
    headers.set(Buffer.from('content-type'), Buffer.from('application/json'));
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

/** At least what the record takes on the wire, in bytes. */
export function messageBytes(message: MessageRecord): number {
  let bytes = RECORD_OVERHEAD_BYTES + message.value.length + (message.key?.length ?? 0);
  for (const [name, text] of message.headers ?? []) bytes += HEADER_OVERHEAD_BYTES + name.length + text.length;
  return bytes;
}
