import {
  type FieldNode,
  type GraphQLAbstractType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import { collectFields } from './collect.ts';
import { leafCompleter, type PlainType, plainText, plainTypeOf } from './leaf.ts';
import { isJsonObject, notAnObjectMessage } from './member.ts';
import { quote } from './quote.ts';
import { NotCompilable, type ProjectionRequest } from './request.ts';
import { type Completer, executeThisEvent, type FieldPlace, messageOf } from './run.ts';

/**
 * Completes the value at one position of the response, null and absent included. Always gives text unless the type is non-null.
 * `depth` is the length of the position's path; whoever calls has stored the path's last step.
 */
export function positionCompleter(
  request: ProjectionRequest,
  type: GraphQLOutputType,
  place: FieldPlace,
  depth: number,
): Completer<JsonValue | undefined> {
  if (isNonNullType(type)) {
    const complete = valueCompleter(request, type.ofType, place, depth);
    const missing = `Cannot return null for non-nullable field ${place.parentTypeName}.${place.fieldName}.`;
    return (value, run) => (value == null ? run.fail(missing, place, depth) : complete(value, run));
  }
  const complete = valueCompleter(request, type, place, depth);
  return (value, run) => (value == null ? 'null' : (complete(value, run) ?? 'null'));
}

function valueCompleter(
  request: ProjectionRequest,
  type: GraphQLOutputType,
  place: FieldPlace,
  depth: number,
): Completer<JsonValue> {
  if (isNonNullType(type)) return positionCompleter(request, type, place, depth);
  if (isListType(type)) return listCompleter(request, type.ofType, place, depth);
  if (isLeafType(type)) return leafCompleter(type, place, depth);
  const complete = isAbstractType(type)
    ? abstractCompleter(request, type, place, depth)
    : objectCompleter(request, type, place.nodes, depth);
  return (value, run) =>
    isJsonObject(value) ? complete(value, run) : run.fail(notAnObjectMessage(type.name, value), place, depth);
}

function listCompleter(
  request: ProjectionRequest,
  itemType: GraphQLOutputType,
  place: FieldPlace,
  depth: number,
): Completer<JsonValue> {
  const complete = positionCompleter(request, itemType, place, depth + 1);
  const noList = `Expected Iterable, but did not find one for field "${place.parentTypeName}.${place.fieldName}".`;
  return (value, run) => {
    if (!Array.isArray(value)) return run.fail(noList, place, depth);
    const items: readonly JsonValue[] = value;
    let text = '[';
    for (let index = 0; index < items.length; index += 1) {
      run.path[depth] = index;
      const item = complete(items[index], run);
      if (item === undefined) return undefined;
      text += index === 0 ? item : `,${item}`;
    }
    return `${text}]`;
  };
}

/** One field of a compiled object. */
interface CompiledField {
  readonly responseKey: string;
  readonly fieldName: string;
  /** An object inherits a member of this name: only an own one counts (A57). */
  readonly inherited: boolean;
  /** What stands before the value: brace or comma, key, colon. */
  readonly prefix: string;
  readonly plain: PlainType | undefined;
  readonly complete: Completer<JsonValue | undefined>;
}

/** Completes an object of a known type. Compiled when the first value comes, as a selection may nest deeper than the events do. */
function objectCompleter(
  request: ProjectionRequest,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
  depth: number,
): Completer<JsonObject> {
  let fields: readonly CompiledField[] | undefined;
  return (value, run) => {
    fields ??= compileFields(request, type, nodes, depth);
    if (fields.length === 0) return '{}';
    let text = '';
    for (const field of fields) {
      const { fieldName } = field;
      const member = field.inherited && !Object.hasOwn(value, fieldName) ? undefined : value[fieldName];
      let part = field.plain === undefined ? undefined : plainText(field.plain, member);
      if (part === undefined) {
        run.path[depth] = field.responseKey;
        part = field.complete(member, run);
        if (part === undefined) return undefined;
      }
      text += field.prefix + part;
    }
    return `${text}}`;
  };
}

function compileFields(
  request: ProjectionRequest,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
  depth: number,
): readonly CompiledField[] {
  if (type.isTypeOf != null) throw new NotCompilable(`type ${type.name} has isTypeOf`);
  const selectionSets = nodes.flatMap(({ selectionSet }) => (selectionSet === undefined ? [] : [selectionSet]));
  const fields: CompiledField[] = [];
  for (const [responseKey, group] of collectFields(request, type, selectionSets)) {
    const fieldName = group[0]?.name.value ?? '';
    const complete = fieldCompleter(request, type, fieldName, group, depth + 1);
    if (complete === undefined) continue;
    const fieldType = type.getFields()[fieldName]?.type;
    const plain = fieldType === undefined ? undefined : plainTypeOf(fieldType);
    const prefix = `${fields.length === 0 ? '{' : ','}${quote(responseKey)}:`;
    fields.push({ responseKey, fieldName, inherited: fieldName in Object.prototype, prefix, plain, complete });
  }
  return fields;
}

/** Undefined for a field that the type lacks: graphql-js leaves it out (validation has refused such operations). */
function fieldCompleter(
  request: ProjectionRequest,
  type: GraphQLObjectType,
  fieldName: string,
  nodes: readonly FieldNode[],
  depth: number,
): Completer<JsonValue | undefined> | undefined {
  if (fieldName === '__typename') {
    const text = quote(type.name);
    return () => text;
  }
  const field = type.getFields()[fieldName];
  if (field === undefined) return undefined;
  if (field.resolve !== undefined || field.args.length > 0) {
    throw new NotCompilable(`field ${type.name}.${fieldName} has a resolver or arguments`);
  }
  return positionCompleter(request, field.type, { parentTypeName: type.name, fieldName, nodes }, depth);
}

function abstractCompleter(
  request: ProjectionRequest,
  type: GraphQLAbstractType,
  place: FieldPlace,
  depth: number,
): Completer<JsonObject> {
  const { resolveType } = type;
  if (resolveType == null || resolveType.length > 1) {
    throw new NotCompilable(`type ${type.name} has no resolveType that reads the value alone`);
  }
  const possible = new Map(
    request.schema
      .getPossibleTypes(type)
      .map((member) => [member.name, objectCompleter(request, member, place.nodes, depth)]),
  );
  return (value, run) => {
    let name: unknown;
    try {
      name = (resolveType as (value: JsonObject) => unknown)(value);
    } catch (error) {
      return run.fail(messageOf(error), place, depth);
    }
    const complete = possible.get(name as string);
    return complete === undefined
      ? run.fail(noPossibleType(request.schema, type, name, place), place, depth)
      : complete(value, run);
  };
}

/** What graphql-js says of an answer of `resolveType` that is no possible type. */
function noPossibleType(schema: GraphQLSchema, type: GraphQLAbstractType, name: unknown, place: FieldPlace): string {
  if (name == null) {
    return (
      `Abstract type "${type.name}" must resolve to an Object type at runtime for field "${place.parentTypeName}.${place.fieldName}". ` +
      `Either the "${type.name}" type should provide a "resolveType" function or each possible type should provide an "isTypeOf" function.`
    );
  }
  if (typeof name !== 'string') throw executeThisEvent;
  const found = schema.getType(name);
  if (found === undefined) {
    return `Abstract type "${type.name}" was resolved to a type "${name}" that does not exist inside the schema.`;
  }
  return isObjectType(found)
    ? `Runtime Object type "${name}" is not a possible type for "${type.name}".`
    : `Abstract type "${type.name}" was resolved to a non-object type "${name}".`;
}
