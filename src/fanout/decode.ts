import { isUtf8 } from 'node:buffer';
import type { BrokerRecord } from '../broker/record.ts';
import { JsonSyntaxError } from '../json/exact-parser.ts';
import { parseJsonBytes } from '../json/text.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { placeEvent } from '../routing/event-address.ts';
import type { Topic, TopicInstance } from '../routing/topic.ts';
import type { Event, InvalidEvent } from './event.ts';

/**
 * Decodes one record and finds the instance it belongs to. Undefined for a tombstone, which is no event. A record that is not
 * UTF-8, not JSON, not an object, or at odds with its address becomes an invalid event (P97); nothing is thrown. Reasons never
 * quote the payload (A70). The event keeps no view of the record's bytes.
 */
export function decodeRecord(topic: Topic, record: BrokerRecord): Event | undefined {
  if (record.value === null) return undefined;
  let value: JsonValue;
  try {
    value = parseJsonBytes(record.value);
  } catch (error) {
    return invalid(topic, record, record.instance, notJson(error));
  }
  if (!isObject(value)) {
    return invalid(topic, record, record.instance, `the record is not a JSON object but ${nameOf(value)}`);
  }
  const placed = placeEvent(topic, value, { instance: record.instance, key: keyText(record.key) });
  switch (placed.type) {
    case 'placed':
      return {
        type: 'valid',
        topic,
        instance: placed.instance,
        value: placed.value,
        position: record.position,
        timestamp: record.timestamp,
        ...(record.traceparent === undefined ? {} : { traceparent: record.traceparent }),
      };
    case 'invalid':
      return invalid(topic, record, placed.instance ?? record.instance, placed.reason);
    default:
      throw placed satisfies never;
  }
}

function invalid(
  topic: Topic,
  record: BrokerRecord,
  instance: TopicInstance | undefined,
  reason: string,
): InvalidEvent {
  return { type: 'invalid', topic, instance, reason, position: record.position, timestamp: record.timestamp };
}

function notJson(error: unknown): string {
  if (!(error instanceof JsonSyntaxError)) throw error;
  return `the record is not valid JSON: ${error.message}`;
}

/** A key that is no text names no instance. */
function keyText(key: Buffer | undefined): string | undefined {
  return key !== undefined && isUtf8(key) ? key.toString('utf8') : undefined;
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nameOf(value: Exclude<JsonValue, JsonObject> | readonly JsonValue[]): string {
  if (value === null) return 'null';
  if (typeof value === 'object') return 'an array';
  return typeof value === 'bigint' ? 'a number' : `a ${typeof value}`;
}
