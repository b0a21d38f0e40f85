import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import type { WireError } from '../error/operation-error.ts';
import { measureSelection } from './depth.ts';
import type { OperationLimits } from './limits.ts';
import type { RefusalStage } from './port.ts';
import { wireError } from './wire-error.ts';

/** A document that passed parsing, limits and validation. */
export interface ValidDocument {
  readonly type: 'valid';
  readonly document: DocumentNode;
  readonly operations: readonly OperationDefinitionNode[];
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
}

/** A document that did not. Kept in the cache too, so that a client repeating a mistake costs little. */
export interface InvalidDocument {
  readonly type: 'invalid';
  readonly stage: RefusalStage;
  readonly errors: readonly WireError[];
}

export type CheckedDocument = ValidDocument | InvalidDocument;

/** Parses and validates a document, within the limits. Never throws for what a client sent. */
export function checkDocument(schema: GraphQLSchema, text: string, limits: OperationLimits): CheckedDocument {
  let document: DocumentNode;
  try {
    document = parse(text, { maxTokens: limits.maxTokens });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return invalid('syntax', [wireError(error, 'GRAPHQL_PARSE_FAILED')]);
  }
  const operations: OperationDefinitionNode[] = [];
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
    else if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const excess = limitExceeded(operations, fragments, limits);
  if (excess !== undefined) return invalid('limit', [excess]);
  const errors = validate(schema, document, specifiedRules, { maxErrors: 20 });
  if (errors.length > 0) {
    return invalid(
      'validation',
      errors.map((error) => wireError(error, 'GRAPHQL_VALIDATION_FAILED')),
    );
  }
  return { type: 'valid', document, operations, fragments };
}

function limitExceeded(
  operations: readonly OperationDefinitionNode[],
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  limits: OperationLimits,
): WireError | undefined {
  for (const operation of operations) {
    const { depth, rootFields } = measureSelection(operation.selectionSet, fragments);
    if (depth > limits.maxDepth) return limitError('maxDepth', limits.maxDepth, `The selection is ${depth} deep`);
    if (rootFields > limits.maxRootFields) {
      return limitError('maxRootFields', limits.maxRootFields, `The operation has ${rootFields} root fields`);
    }
  }
  return undefined;
}

function limitError(limit: keyof OperationLimits, value: number, found: string): WireError {
  return {
    message: `${found}; at most ${value} are allowed.`,
    extensions: { code: 'LIMIT_EXCEEDED', limit, value },
  };
}

function invalid(stage: RefusalStage, errors: readonly WireError[]): InvalidDocument {
  return { type: 'invalid', stage, errors };
}
