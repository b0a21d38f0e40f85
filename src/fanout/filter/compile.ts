import { type GraphQLNamedOutputType, type GraphQLOutputType, isLeafType, isListType, isNonNullType } from 'graphql';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import { commonFields } from '../../schema/event-members.ts';
import { readerOf } from './comparable.ts';
import { CompiledFilter, type Conjunct, type EventFilter } from './compiled-filter.ts';
import { equalityDemand } from './equality-demand.ts';
import { compileOperator } from './operators.ts';

/** A condition on the value of a field; null stands for absent too. */
type Condition = (value: JsonValue) => boolean;

type CoercedFilter = Readonly<Record<string, unknown>>;

/**
 * Compiles the coerced `where` argument of a field with events of this type (design §8). All members of a filter must hold, so that
 * an empty one passes everything; null in place of a filter is no condition. Never throws on an event, and never changes it.
 */
export function compileFilter(type: GraphQLNamedOutputType, where: CoercedFilter): EventFilter {
  const conditions = Object.entries(where).flatMap(([name, filter]): EventFilter[] =>
    filter == null ? [] : [compileMember(type, name, filter)],
  );
  return all(conditions);
}

/** The same filter as what an index needs of it: the members that must hold, and those of the filters in its `and`, one by one. */
export function compileConjuncts(type: GraphQLNamedOutputType, where: CoercedFilter): CompiledFilter {
  return new CompiledFilter(conjunctsOf(type, where));
}

function conjunctsOf(type: GraphQLNamedOutputType, where: CoercedFilter): readonly Conjunct[] {
  return Object.entries(where).flatMap(([name, filter]): readonly Conjunct[] => {
    if (filter == null) return [];
    if (name === 'and') return (filter as readonly CoercedFilter[]).flatMap((part) => conjunctsOf(type, part));
    return [{ passes: compileMember(type, name, filter), demand: demandOf(type, name, filter as CoercedFilter) }];
  });
}

function demandOf(type: GraphQLNamedOutputType, name: string, filter: CoercedFilter): Conjunct['demand'] {
  // No field bears these names: they are members of every filter.
  if (name === 'or' || name === 'not' || isLeafType(type)) return undefined;
  const field = commonFields(type).get(name);
  return field === undefined ? undefined : equalityDemand(name, field.type, filter);
}

function compileMember(type: GraphQLNamedOutputType, name: string, filter: unknown): EventFilter {
  switch (name) {
    case 'and':
      return all((filter as readonly CoercedFilter[]).map((part) => compileFilter(type, part)));
    case 'or':
      return any((filter as readonly CoercedFilter[]).map((part) => compileFilter(type, part)));
    case 'not': {
      const condition = compileFilter(type, filter as CoercedFilter);
      return (event) => !condition(event);
    }
    default:
      return compileField(type, name, filter as CoercedFilter);
  }
}

function compileField(type: GraphQLNamedOutputType, name: string, filter: CoercedFilter): EventFilter {
  const field = isLeafType(type) ? undefined : commonFields(type).get(name);
  if (field === undefined) throw new Error(`type ${type.name} has no field ${name} to filter by`);
  const condition = compileCondition(field.type, filter);
  // Own members only (A57).
  return (event) => condition(Object.hasOwn(event, name) ? (event[name] ?? null) : null);
}

function compileCondition(type: GraphQLOutputType, filter: CoercedFilter): Condition {
  const named = namedTypeOf(type);
  if (isLeafType(named)) {
    const { exists, ...comparisons } = filter;
    const existence = Object.hasOwn(filter, 'exists') ? compileExists(exists) : undefined;
    const read = readerOf(named);
    const tests = Object.entries(comparisons).map(([name, operand]) =>
      compileOperator(name, (operand ?? null) as JsonValue, read),
    );
    if (tests.length === 0) return existence ?? (() => true);
    const element = inElements(type, (value) => {
      const comparable = read(value);
      return comparable !== undefined && tests.every((test) => test(comparable));
    });
    return existence === undefined ? element : (value) => existence(value) && element(value);
  }
  const nested = compileFilter(named, filter);
  return inElements(type, (value) => typeof value === 'object' && !Array.isArray(value) && nested(value as JsonObject));
}

/** `exists` asks for the field, not for its elements: an empty list exists. Compared with null it is false, as everything is. */
function compileExists(operand: unknown): Condition {
  if (operand == null) return () => false;
  return (value) => (value !== null) === operand;
}

/** A condition that a value holds if it, or for a list type one element of it, does; null holds none. */
function inElements(type: GraphQLOutputType, condition: Condition): Condition {
  if (isNonNullType(type)) return inElements(type.ofType, condition);
  if (isListType(type)) {
    const element = inElements(type.ofType, condition);
    return (value) => Array.isArray(value) && value.some(element);
  }
  return (value) => value !== null && condition(value);
}

function namedTypeOf(type: GraphQLOutputType): GraphQLNamedOutputType {
  return isNonNullType(type) || isListType(type) ? namedTypeOf(type.ofType) : type;
}

function all(conditions: readonly EventFilter[]): EventFilter {
  const [only, ...others] = conditions;
  if (only !== undefined && others.length === 0) return only;
  return (event) => conditions.every((condition) => condition(event));
}

function any(conditions: readonly EventFilter[]): EventFilter {
  return (event) => conditions.some((condition) => condition(event));
}
