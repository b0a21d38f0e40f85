import {
  type DefinitionNode,
  type DocumentNode,
  executeRootSelectionSet,
  type FieldNode,
  type GraphQLError,
  type GraphQLObjectType,
  Kind,
  type ValidatedExecutionArgs,
  validateExecutionArgs,
} from 'graphql';
import { stringifyJson } from '../../json/text.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { ProjectedEvent, Projection } from '../projection.ts';
import { collectFields } from './collect.ts';
import { errorText } from './error-text.ts';
import { memberResolver } from './member.ts';
import { quote } from './quote.ts';
import { NotCompilable, type ProjectionRequest } from './request.ts';

/**
 * The projection that runs graphql-js once per event: what a compiled one must equal, and what takes its place where the
 * operation cannot be compiled. Never throws; a result that is not there at once is an error.
 */
export function executingProjection(request: ProjectionRequest): Projection {
  const root = rootField(request);
  const prepared = prepare(request);
  return (value: JsonObject): ProjectedEvent => {
    try {
      const result = executeRootSelectionSet({ ...prepared, rootValue: { [root.fieldName]: value } });
      if (!('then' in result)) {
        return { data: stringifyJson((result.data ?? null) as JsonValue), errors: errorsText(result.errors) };
      }
      // Nobody may be left to hear of its failure.
      Promise.resolve(result).catch(() => undefined);
      return failed(root.responseKey, 'the event cannot be resolved at once');
    } catch {
      return failed(root.responseKey, 'the event cannot be resolved');
    }
  };
}

/** The one field of a subscription operation. */
export interface RootField {
  readonly parentType: GraphQLObjectType;
  readonly responseKey: string;
  readonly fieldName: string;
  readonly nodes: readonly FieldNode[];
}

/** Throws {@link NotCompilable} when there is not exactly one (P80: validation has refused such operations). */
export function rootField(request: ProjectionRequest): RootField {
  const parentType = request.schema.getSubscriptionType();
  if (parentType == null) throw new NotCompilable('the schema has no subscriptions');
  const [group, ...others] = collectFields(request, parentType, [request.operation.selectionSet]);
  const node = group?.[1][0];
  if (group === undefined || node === undefined || others.length > 0)
    throw new NotCompilable('not exactly one root field');
  return { parentType, responseKey: group[0], fieldName: node.name.value, nodes: group[1] };
}

function prepare({ schema, operation, fragments, variables }: ProjectionRequest): ValidatedExecutionArgs {
  const definitions: DefinitionNode[] = [{ ...operation, variableDefinitions: [] }, ...fragments.values()];
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions };
  const prepared = validateExecutionArgs({ schema, document, fieldResolver: memberResolver });
  if ('schema' in prepared) {
    // The variables are coerced already, and coercing twice may change them.
    return { ...prepared, variableValues: { sources: {}, coerced: { ...variables } } };
  }
  throw new NotCompilable(prepared.map((error) => error.message).join('; '));
}

function errorsText(errors: readonly GraphQLError[] | undefined): string | undefined {
  if (errors === undefined || errors.length === 0) return undefined;
  return `[${errors.map(({ message, locations, path }) => errorText(message, locations, path ?? [])).join(',')}]`;
}

function failed(responseKey: string, message: string): ProjectedEvent {
  return { data: `{${quote(responseKey)}:null}`, errors: `[${errorText(message, undefined, [responseKey])}]` };
}
