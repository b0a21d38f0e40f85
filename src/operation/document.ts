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
import { limitOfText } from './document-text.ts';
import { fieldMerges } from './field-merges.ts';
import { limitExceeded } from './limit-exceeded.ts';
import type { OperationLimits } from './limits.ts';
import { DocumentMeasurer, type SelectionMeasure } from './measure.ts';
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

/** What a document must keep to. */
export interface DocumentRules {
  readonly schema: GraphQLSchema;
  readonly limits: OperationLimits;
  /** A71: may documents ask for `__schema` and `__type`, and errors say what their author may have meant? */
  readonly introspection: boolean;
}

/** Parses and validates a document, within the limits, which come first (A27). Never throws for what a client sent. */
export function checkDocument(rules: DocumentRules, text: string): CheckedDocument {
  const { schema, limits, introspection } = rules;
  const tooMuchText = limitOfText(text, limits);
  if (tooMuchText !== undefined) return invalid('limit', [tooMuchText]);
  let document: DocumentNode;
  try {
    document = parse(text);
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
  const refusal = measureOperations(operations, fragments, rules);
  if (refusal !== undefined) return refusal;
  const errors = validate(schema, document, specifiedRules, { maxErrors: 20, hideSuggestions: !introspection });
  if (errors.length > 0) {
    return invalid(
      'validation',
      errors.map((error) => wireError(error, 'GRAPHQL_VALIDATION_FAILED')),
    );
  }
  return { type: 'valid', document, operations, fragments };
}

function measureOperations(
  operations: readonly OperationDefinitionNode[],
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  { schema, limits, introspection }: DocumentRules,
): InvalidDocument | undefined {
  const measurer = new DocumentMeasurer({ schema, fragments, largestPage: limits.maxHistoryPage });
  for (const operation of operations) {
    const measure = measurer.operation(operation);
    const excess = excessOf(measure, limits);
    if (excess !== undefined) return invalid('limit', [excess]);
    if (fieldMerges(operation, fragments, limits.maxFieldMerges) > limits.maxFieldMerges) {
      return invalid('limit', [limitExceeded(limits, 'maxFieldMerges', 'Too many pairs of fields would be merged')]);
    }
    if (measure.introspection !== undefined && !introspection) {
      const message = `Introspection is switched off on this server, so there is no field ${measure.introspection}.`;
      return invalid('validation', [{ message, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
    }
  }
  return undefined;
}

function excessOf(measure: SelectionMeasure, limits: OperationLimits): WireError | undefined {
  const { depth, rootFields, aliases, fields, complexity } = measure;
  if (depth > limits.maxDepth) return limitExceeded(limits, 'maxDepth', `The selection is ${depth} deep`);
  if (rootFields > limits.maxRootFields) {
    return limitExceeded(limits, 'maxRootFields', `The operation has ${rootFields} root fields`);
  }
  if (aliases > limits.maxAliases) return limitExceeded(limits, 'maxAliases', `The operation has ${aliases} aliases`);
  if (fields > limits.maxFields) return limitExceeded(limits, 'maxFields', `The operation has ${fields} fields`);
  if (complexity > limits.maxComplexity) {
    return limitExceeded(limits, 'maxComplexity', `The operation has a complexity of ${complexity}`);
  }
  return undefined;
}

function invalid(stage: RefusalStage, errors: readonly WireError[]): InvalidDocument {
  return { type: 'invalid', stage, errors };
}
