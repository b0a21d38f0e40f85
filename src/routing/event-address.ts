import type { JsonObject, JsonValue } from '../json/value.ts';
import { canonicalText, valueOfText } from './canonical.ts';
import { parseInstance, topicInstance } from './instance.ts';
import { instanceFromKey } from './record-key.ts';
import type { ParameterType, Topic, TopicInstance } from './topic.ts';

/** Where a record was found. */
export interface EventAddress {
  /** The channel or stream key. */
  readonly instance?: TopicInstance | undefined;
  /** The record key, decoded. Serves only where the value lacks a parameter; it never contradicts (design §5). */
  readonly key?: string | undefined;
}

/** A decoded event and the instance it belongs to, or why it belongs to none. */
export type PlacedEvent =
  | {
      readonly type: 'placed';
      readonly instance: TopicInstance;
      /** The value, with the parameters it lacked filled in; the same object when it lacked none. */
      readonly value: JsonObject;
    }
  | {
      readonly type: 'invalid';
      /** In words, for subscribers and publishers. */
      readonly reason: string;
      /** The instance that the address names, so that only its subscribers hear of it. */
      readonly instance?: TopicInstance;
    };

const NO_TEXTS: ReadonlyMap<string, string> = new Map();

const EXPECTED: Readonly<Record<ParameterType, string>> = {
  ID: 'a string or an integer',
  String: 'a string',
  Int: 'a 32-bit integer',
  ENUM: 'the name of an enum value',
};

function invalid(reason: string, instance: TopicInstance | undefined): PlacedEvent {
  return instance === undefined ? { type: 'invalid', reason } : { type: 'invalid', reason, instance };
}

/** The member's value; undefined when the value lacks it, null included. Own members only (A57). */
function member(value: JsonObject, field: string): JsonValue | undefined {
  return Object.hasOwn(value, field) ? (value[field] ?? undefined) : undefined;
}

/**
 * Finds the topic instance of an event (design §1, §5): the value's own parameter fields name it; the channel, the stream key
 * or else the record key fill in what the value lacks. A value that contradicts its channel or stream key is invalid.
 */
export function placeEvent(topic: Topic, value: JsonObject, address: EventAddress): PlacedEvent {
  const texts = new Map<string, string>();
  const missing: { readonly field: string; readonly type: ParameterType }[] = [];
  for (const { field, type } of topic.parameters) {
    const own = member(value, field);
    if (own === undefined) {
      missing.push({ field, type });
      continue;
    }
    const text = canonicalText(own, type);
    if (text === undefined) return invalid(`"${field}" is not ${EXPECTED[type]}`, address.instance);
    texts.set(field, text);
  }

  const filled: Record<string, JsonValue> = {};
  if (missing.length > 0) {
    const given = addressTexts(topic, address);
    for (const { field, type } of missing) {
      const text = given.get(field);
      if (text === undefined) return invalid(`the event lacks "${field}", which names its topic`, address.instance);
      const canonical = canonicalText(text, type);
      if (canonical === undefined) {
        return invalid(`"${field}", taken from the event's address, is not ${EXPECTED[type]}`, address.instance);
      }
      texts.set(field, canonical);
      filled[field] = valueOfText(canonical, type);
    }
  }

  const own = topicInstance(topic, texts);
  if (own.type === 'invalid') return invalid(own.message, address.instance);
  if (address.instance !== undefined && address.instance !== own.instance) {
    // The other instance is not named: those who hear this need not be allowed to know of it.
    return invalid('the event names another topic instance than the one it was written to', address.instance);
  }
  // Spreading copies own members alone and keeps one named "__proto__" a plain member (A57).
  return { type: 'placed', instance: own.instance, value: missing.length === 0 ? value : { ...value, ...filled } };
}

function addressTexts(topic: Topic, address: EventAddress): ReadonlyMap<string, string> {
  if (address.instance !== undefined) return parseInstance(topic, address.instance) ?? NO_TEXTS;
  return address.key === undefined ? NO_TEXTS : instanceFromKey(topic, address.key);
}
