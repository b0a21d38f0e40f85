import { escapeParameter, unescapeParameter } from './escape.ts';
import type { TopicTemplate } from './template.ts';
import type { Topic, TopicInstance } from './topic.ts';

/** A topic instance, or the parameter that has no place in one. `message` names the parameter's argument. */
export type InstanceResult =
  | { readonly type: 'instance'; readonly instance: TopicInstance }
  | { readonly type: 'invalid'; readonly parameter: string; readonly message: string };

/**
 * Only "." never occurs in an escaped value. With another separator, as in `{a}:{b}`, two lists of values could give one
 * instance; the one with the shortest values from the left has it, and the other is refused.
 */
function computeAmbiguity(template: TopicTemplate): boolean {
  const places = template.parts.flatMap((part, place) => (part.type === 'parameter' ? [place] : []));
  return places.slice(1).some((place) => {
    const separator = template.parts[place - 1];
    return separator?.type !== 'literal' || !separator.text.includes('.');
  });
}

const ambiguity = new WeakMap<TopicTemplate, boolean>();

function isAmbiguous(template: TopicTemplate): boolean {
  let known = ambiguity.get(template);
  if (known === undefined) {
    known = computeAmbiguity(template);
    ambiguity.set(template, known);
  }
  return known;
}

/**
 * The instance that the parameters' canonical texts (by field) name. One instance belongs to one list of texts (A50).
 * For a topic without parameters it is the template's text.
 */
export function topicInstance(topic: Topic, texts: ReadonlyMap<string, string>): InstanceResult {
  let instance = '';
  let argument = '';
  for (const part of topic.template.parts) {
    if (part.type === 'literal') {
      instance += part.text;
      continue;
    }
    argument = part.argument;
    const text = texts.get(part.field);
    if (text === undefined) return { type: 'invalid', parameter: argument, message: `"${argument}" is missing` };
    const escaped = escapeParameter(text);
    if (escaped.type === 'refused') {
      return { type: 'invalid', parameter: argument, message: `"${argument}" ${escaped.message}` };
    }
    instance += escaped.text;
  }
  if (isAmbiguous(topic.template)) {
    const back = parseInstance(topic, instance);
    for (const { field, argument: name } of topic.parameters) {
      if (back?.get(field) !== texts.get(field)) {
        const message = `"${name}" holds the text that separates the parameters of "${topic.name}"`;
        return { type: 'invalid', parameter: name, message };
      }
    }
  }
  return { type: 'instance', instance: instance as TopicInstance };
}

/**
 * The parameters' texts by field; undefined when it is not an instance of that topic.
 * Takes each separator where it first occurs, which finds a reading whenever there is one, in linear time.
 */
export function parseInstance(topic: Topic, instance: string): ReadonlyMap<string, string> | undefined {
  const texts = new Map<string, string>();
  const parts = topic.template.parts;
  let at = 0;
  for (const [place, part] of parts.entries()) {
    if (part.type === 'literal') {
      if (!instance.startsWith(part.text, at)) return undefined;
      at += part.text.length;
      continue;
    }
    const next = parts[place + 1];
    let end = instance.length;
    if (next?.type === 'literal') {
      // The last literal must close the instance; one between two parameters stands where it first occurs.
      end = place + 2 === parts.length ? end - next.text.length : instance.indexOf(next.text, at + 1);
    }
    if (end <= at) return undefined;
    const text = unescapeParameter(instance.slice(at, end));
    if (text === undefined) return undefined;
    texts.set(part.field, text);
    at = end;
  }
  return at === instance.length ? texts : undefined;
}

/** The Redis glob pattern that matches every instance of a topic, for PSUBSCRIBE. It holds nothing that a client wrote (A53). */
export function instancePattern(topic: Topic): string {
  // Literals are of [A-Za-z0-9_.:-]; escaping stays, should that set ever grow.
  return topic.template.parts
    .map((part) => (part.type === 'literal' ? part.text.replace(/[*?[\]\\^]/g, '\\$&') : '*'))
    .join('');
}
