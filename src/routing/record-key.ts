import type { JsonObject } from '../json/value.ts';
import { canonicalText, leafText } from './canonical.ts';
import type { Topic } from './topic.ts';

function keyFields(topic: Topic): readonly string[] {
  return topic.policy.delivery === 'DURABLE' ? topic.policy.keyFields : [];
}

/**
 * The record key of an event: the canonical texts of the key fields joined by `.` (design §8), unescaped.
 * Undefined when the topic has no key fields or the value lacks one of them.
 */
export function recordKey(topic: Topic, value: JsonObject): string | undefined {
  const fields = keyFields(topic);
  if (fields.length === 0) return undefined;
  const texts: string[] = [];
  for (const field of fields) {
    const member = Object.hasOwn(value, field) ? value[field] : undefined;
    if (member === undefined) return undefined;
    const parameter = topic.parameters.find((candidate) => candidate.field === field);
    const text = parameter === undefined ? leafText(member) : canonicalText(member, parameter.type);
    if (text === undefined) return undefined;
    texts.push(text);
  }
  return texts.join('.');
}

/**
 * The texts of the parameters (by field) that a record key names; empty when it names none. A key of one field is taken whole;
 * a key of several is read only when it splits on `.` into just as many pieces.
 */
export function instanceFromKey(topic: Topic, key: string): ReadonlyMap<string, string> {
  const fields = keyFields(topic);
  const pieces = fields.length === 1 ? [key] : key.split('.');
  const texts = new Map<string, string>();
  if (pieces.length !== fields.length) return texts;
  for (const [place, field] of fields.entries()) {
    const piece = pieces[place];
    if (piece !== undefined && piece !== '' && topic.parameters.some((parameter) => parameter.field === field)) {
      texts.set(field, piece);
    }
  }
  return texts;
}
