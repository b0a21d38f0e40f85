import { type GraphQLNamedOutputType, type GraphQLSchema, getNamedType, isEnumType, isLeafType } from 'graphql';
import { commonFields } from './event-members.ts';
import { reachableTypes } from './reachable-types.ts';
import type { EventType } from './topic-declaration.ts';

type Operator = 'eq' | 'ne' | 'in' | 'gt' | 'gte' | 'lt' | 'lte' | 'startsWith' | 'contains' | 'exists';

const ORDERED: readonly Operator[] = ['eq', 'ne', 'in', 'gt', 'gte', 'lt', 'lte', 'exists'];
const EQUAL: readonly Operator[] = ['eq', 'ne', 'in', 'exists'];

/** Operators by scalar (design §8). Enums and the user's own scalars have those of EQUAL. */
const OPERATORS: ReadonlyMap<string, readonly Operator[]> = new Map<string, readonly Operator[]>([
  ['String', ['eq', 'ne', 'in', 'gt', 'gte', 'lt', 'lte', 'startsWith', 'contains', 'exists']],
  ['ID', ['eq', 'ne', 'in', 'startsWith', 'exists']],
  ['Int', ORDERED],
  ['Float', ORDERED],
  ['Boolean', ['eq', 'ne', 'exists']],
  ['DateTime', ORDERED],
  ['Timestamp', ORDERED],
  ['Long', ORDERED],
  ['JSON', ['exists']],
]);

/** What an operator asks, for its description. */
const MEANING: Readonly<Record<Operator, string>> = {
  eq: 'Equal.',
  ne: 'Present and not equal.',
  in: 'Equal to one of these.',
  gt: 'Greater than.',
  gte: 'Greater than or equal.',
  lt: 'Less than.',
  lte: 'Less than or equal.',
  startsWith: 'Begins with this text.',
  contains: 'Holds this text.',
  exists: 'Present and not null (true), or absent or null (false).',
};

/** The name of a type's filter. */
export function filterName(type: GraphQLNamedOutputType): string {
  return `${type.name}Filter`;
}

/** The types that have something to filter by: leaves, and types with a field of such a type. */
function filterable(reached: ReadonlySet<GraphQLNamedOutputType>): ReadonlySet<GraphQLNamedOutputType> {
  const found = new Set([...reached].filter(isLeafType) as GraphQLNamedOutputType[]);
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const type of reached) {
      if (isLeafType(type) || found.has(type)) continue;
      if ([...commonFields(type).values()].some((field) => found.has(getNamedType(field.type)))) found.add(type);
    }
  }
  return found;
}

/** The types that have a filter type: those that `where` of the given event types leads to. */
export function filteredTypes(roots: readonly EventType[], schema: GraphQLSchema): ReadonlySet<GraphQLNamedOutputType> {
  const able = filterable(reachableTypes(roots, schema));
  const found = new Set<GraphQLNamedOutputType>(roots.filter((root) => able.has(root)));
  for (const type of found) {
    if (isLeafType(type)) continue;
    for (const field of commonFields(type).values()) {
      const named = getNamedType(field.type);
      if (able.has(named)) found.add(named);
    }
  }
  return found;
}

function leafFilter(type: GraphQLNamedOutputType): string {
  const operators = OPERATORS.get(type.name) ?? EQUAL;
  const lines = operators.map((operator) => {
    const argument = operator === 'exists' ? 'Boolean' : operator === 'in' ? `[${type.name}!]` : type.name;
    return `  "${MEANING[operator]}"\n  ${operator}: ${argument}\n`;
  });
  const kind = isEnumType(type) ? 'the enum' : 'the type';
  const about = `Conditions on a field of ${kind} ${type.name}; all of them must hold. A list holds them if one element does.`;
  return `"${about}"\ninput ${filterName(type)} {\n${lines.join('')}}\n`;
}

function compositeFilter(type: EventType, filtered: ReadonlySet<GraphQLNamedOutputType>): string {
  const name = filterName(type);
  let lines = '';
  for (const field of commonFields(type).values()) {
    const named = getNamedType(field.type);
    if (filtered.has(named)) lines += `  ${field.name}: ${filterName(named)}\n`;
  }
  lines += `  "All of these hold too."\n  and: [${name}!]\n  "One of these holds too."\n  or: [${name}!]\n  "This does not hold."\n  not: ${name}\n`;
  return `"Conditions on ${type.name}; all of them must hold."\ninput ${name} {\n${lines}}\n`;
}

/** SDL of the filter types. */
export function filterTypes(filtered: ReadonlySet<GraphQLNamedOutputType>): string {
  let text = '';
  for (const type of filtered) text += isLeafType(type) ? leafFilter(type) : compositeFilter(type, filtered);
  return text;
}
