import type { Feature } from './features.ts';
import type { FieldModel, SchemaModel, TypeModel } from './generate-schema.ts';
import type { Tape } from './tape.ts';

export interface DocumentModel {
  readonly text: string;
  /** As a client sends them: a variable with a default may be missing. */
  readonly variables: Readonly<Record<string, boolean>>;
}

const ALIASES = ['a0', 'a1', 'a2', 'a3', 'a4', 'a5', '__proto__', 'hasOwnProperty', 'prototype', 'isPrototypeOf'];
const CONDITIONS = ['$v0', '$v1', '$v2', 'true', 'false'];
const MAX_DEPTH = 5;

interface FragmentModel {
  readonly name: string;
  readonly on: TypeModel;
}

/** A valid subscription document for the schema. Each alias stands for one field, so that all selections can be merged. */
export function generateDocument(tape: Tape, model: SchemaModel, note: (feature: Feature) => void): DocumentModel {
  const types = [...model.types.values()];
  const fieldNames = [...new Set(types.flatMap(({ fields }) => fields.map(({ name }) => name)))];
  const aliases = new Map<string, string[]>();
  for (const alias of ALIASES) {
    const name = tape.pick(fieldNames);
    aliases.set(name, [...(aliases.get(name) ?? []), alias]);
  }
  const fragments = ['F0', 'F1', 'F2'].map((name): FragmentModel => ({ name, on: tape.pick(types) }));

  function selectionSet(type: TypeModel, usable: readonly FragmentModel[], depth: number): string {
    const count = 1 + tape.below(depth === 1 ? 6 : 4);
    const seen = new Set<string>();
    let text = '{';
    for (let index = 0; index < count; index += 1) text += ` ${selection(type, usable, depth, seen)}`;
    return `${text} }`;
  }

  function selection(type: TypeModel, usable: readonly FragmentModel[], depth: number, seen: Set<string>): string {
    const choice = tape.below(10);
    if (depth < MAX_DEPTH + 2 && (choice >= 8 || (choice >= 5 && type.kind !== 'object'))) {
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
    const fields = type.fields.filter(({ base }) => depth < MAX_DEPTH || !model.types.has(base));
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
      if (key in Object.prototype) note('prototype alias');
    }
    if (seen.has(key)) note('merged fields');
    seen.add(key);
    if (target.wrapper.startsWith('[[')) note('list of lists');
    if (target.base === 'Colour') note('enum');
    if (['Long', 'JSON', 'Odd'].includes(target.base)) note('custom scalar');
    text += directives();
    const type = model.types.get(target.base);
    if (type === undefined) return text;
    if (type.kind !== 'object') note(type.kind);
    return `${text} ${selectionSet(type, usable, depth + 1)}`;
  }

  function directives(): string {
    let text = '';
    for (const name of ['skip', 'include']) {
      if (!tape.chance(12)) continue;
      const condition = tape.pick(CONDITIONS);
      note('skip or include');
      if (condition.startsWith('$')) note('variable');
      text += ` @${name}(if: ${condition})`;
    }
    return text;
  }

  const root = model.types.get(model.root.base);
  if (root === undefined) throw new Error('the root has no type');
  const alias = tape.chance(20) ? 'constructor: ' : '';
  const operation = `subscription ($v0: Boolean!, $v1: Boolean = true, $v2: Boolean!) { ${alias}event ${selectionSet(root, fragments, 1)} }`;
  const definitions = fragments.map(
    ({ name, on }, index) => `fragment ${name} on ${on.name} ${selectionSet(on, fragments.slice(index + 1), 3)}`,
  );
  return {
    text: [operation, ...definitions].join('\n'),
    variables: { v0: tape.chance(50), v2: tape.chance(50), ...(tape.chance(50) ? { v1: tape.chance(50) } : {}) },
  };
}

function overlap(a: TypeModel, b: TypeModel): boolean {
  return a.possible.some((name) => b.possible.includes(name));
}
