import type { JsonValue } from '../../../src/json/value.ts';
import type { Feature } from './features.ts';
import { type FieldModel, LEAVES, type SchemaModel, type TopicModel, type TypeModel } from './generate-schema.ts';
import type { Tape } from './tape.ts';

export interface DocumentModel {
  readonly text: string;
  /** As a client sends them: a variable with a default may be missing. */
  readonly variables: Readonly<Record<string, JsonValue>>;
}

/** The value of the parameter in every event and argument, by its type. */
export const PARAMETER_VALUES: Readonly<Record<string, JsonValue>> = {
  String: 'a b',
  ID: '42',
  Int: 7,
  Colour: 'GREEN',
};

const ALIASES = ['a0', 'a1', 'a2', 'a3', 'a4', 'a5', '__proto__', 'hasOwnProperty', 'prototype', 'isPrototypeOf'];
const CONDITIONS = ['$v0', '$v1', '$v2', 'true', 'false'];

interface FragmentModel {
  readonly name: string;
  readonly on: TypeModel;
}

/**
 * A valid subscription document for the schema. Each alias stands for one field, so that all selections can be merged.
 * `filterType` is the type of the argument `where`; undefined where there is none.
 */
export function generateDocument(
  tape: Tape,
  model: SchemaModel,
  filterType: string | undefined,
  note: (feature: Feature) => void,
): DocumentModel {
  const maxDepth = tape.pick([5, 3, 5, 10]);
  const types = [...model.types.values()];
  const fieldNames = [...new Set(types.flatMap(({ fields }) => fields.map(({ name }) => name)))];
  const aliases = new Map<string, string[]>();
  for (const alias of ALIASES) {
    const name = tape.pick(fieldNames);
    aliases.set(name, [...(aliases.get(name) ?? []), alias]);
  }
  const fragments = ['F0', 'F1', 'F2'].map((name): FragmentModel => ({ name, on: tape.pick(types) }));

  function selectionSet(type: TypeModel, usable: readonly FragmentModel[], depth: number): string {
    if (depth >= 5) note('nested 5 deep or more');
    const count = 1 + tape.below(depth === 1 ? 6 : 4);
    const seen = new Set<string>();
    let text = '{';
    for (let index = 0; index < count; index += 1) text += ` ${selection(type, usable, depth, seen)}`;
    return `${text} }`;
  }

  function selection(type: TypeModel, usable: readonly FragmentModel[], depth: number, seen: Set<string>): string {
    const choice = tape.below(10);
    if (depth < maxDepth + 2 && (choice >= 8 || (choice >= 5 && type.kind !== 'object'))) {
      const target = tape.pick(types.filter((other) => overlap(type, other)));
      note('inline fragment');
      const condition = tape.chance(20) ? '' : ` on ${target.name}`;
      const inner = condition === '' ? type : target;
      return `...${condition}${directives()} ${selectionSet(inner, usable, depth + 1)}`;
    }
    if (choice === 7) {
      const spread = usable.filter(({ on }) => overlap(type, on));
      if (spread.length > 0) {
        note('named fragment');
        return `...${tape.pick(spread).name}${directives()}`;
      }
    }
    const fields = type.fields.filter(({ base }) => depth < maxDepth || !model.types.has(base));
    if (choice === 6 || fields.length === 0) {
      note('__typename');
      return `${tape.chance(30) ? 'kind: ' : ''}__typename${directives()}`;
    }
    return field(tape.pick(fields), usable, depth, seen);
  }

  function field(target: FieldModel, usable: readonly FragmentModel[], depth: number, seen: Set<string>): string {
    let key = target.name;
    let text = key;
    const choices = aliases.get(key);
    if (choices !== undefined && tape.chance(35)) {
      key = tape.pick(choices);
      text = `${key}: ${text}`;
      note('alias');
    }
    if (seen.has(key)) note('merged fields');
    seen.add(key);
    if (key in Object.prototype || target.name in Object.prototype) note('prototype name');
    if (target.wrapper.startsWith('[')) note(target.wrapper.startsWith('[[') ? 'list of lists' : 'list');
    noteBase(target.base, note);
    text += directives();
    const type = model.types.get(target.base);
    if (type === undefined) return text;
    noteType(type);
    return `${text} ${selectionSet(type, usable, depth + 1)}`;
  }

  function noteType(type: TypeModel): void {
    if (type.kind !== 'object') note(type.kind);
    if (type.name === 'Thing' && model.topic === undefined) note('scalar or resolver that breaks its contract');
    if (type.name === model.root.base && model.topic?.discriminator !== undefined) note('discriminator');
  }

  function directives(): string {
    let text = '';
    for (const name of ['skip', 'include']) {
      if (!tape.chance(12)) continue;
      const condition = tape.pick(CONDITIONS);
      note('@skip or @include');
      if (condition.startsWith('$')) note('@skip or @include with a variable');
      text += ` @${name}(if: ${condition})`;
    }
    return text;
  }

  const root = model.types.get(model.root.base);
  if (root === undefined) throw new Error('the root has no type');
  noteType(root);
  const alias = tape.chance(20) ? 'constructor: ' : '';
  const topic = topicArguments(tape, model.topic, filterType, note);
  const operation = `subscription ($v0: Boolean!, $v1: Boolean = true, $v2: Boolean!${topic.definitions}) { ${alias}event${topic.text} ${selectionSet(root, fragments, 1)} }`;
  const definitions = fragments.map(
    ({ name, on }, index) => `fragment ${name} on ${on.name} ${selectionSet(on, fragments.slice(index + 1), 3)}`,
  );
  return {
    text: [operation, ...definitions].join('\n'),
    variables: {
      ...topic.variables,
      v0: tape.chance(50),
      v2: tape.chance(50),
      ...(tape.chance(50) ? { v1: tape.chance(50) } : {}),
    },
  };
}

interface RootArguments {
  /** More variables. */
  readonly definitions: string;
  readonly text: string;
  readonly variables: DocumentModel['variables'];
}

/** The arguments of the derived field: its parameter, written or as a variable, and the filter. */
function topicArguments(
  tape: Tape,
  topic: TopicModel | undefined,
  filterType: string | undefined,
  note: (feature: Feature) => void,
): RootArguments {
  if (topic === undefined) return { definitions: '', text: '', variables: {} };
  const { base, name } = topic.parameter;
  const parts: string[] = [];
  let definitions = filterType === undefined ? '' : `, $where: ${filterType}`;
  const variables: Record<string, JsonValue> = {};
  if (!topic.wildcard || tape.chance(50)) {
    note(topic.argument === name ? 'topic argument' : 'renamed topic argument');
    const value = PARAMETER_VALUES[base] ?? null;
    if (tape.chance(50)) {
      definitions += `, $p: ${base}!`;
      variables['p'] = value;
      parts.push(`${topic.argument}: $p`);
    } else parts.push(`${topic.argument}: ${base === 'Colour' ? String(value) : JSON.stringify(value)}`);
  }
  if (filterType !== undefined) parts.push('where: $where');
  return { definitions, text: parts.length === 0 ? '' : `(${parts.join(', ')})`, variables };
}

function noteBase(base: string, note: (feature: Feature) => void): void {
  if (base === 'Colour') note('enum');
  else if (base === 'Odd') note('custom scalar');
  else if (base === 'Bad') note('scalar or resolver that breaks its contract');
  else if (LEAVES.includes(base)) note(base as Feature);
}

function overlap(a: TypeModel, b: TypeModel): boolean {
  return a.possible.some((name) => b.possible.includes(name));
}
