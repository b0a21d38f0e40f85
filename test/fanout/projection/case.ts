import assert from 'node:assert/strict';
import {
  type FieldNode,
  type FragmentDefinitionNode,
  getArgumentValues,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import type { ProjectionRequest } from '../../../src/fanout/projection/request.ts';
import { stringifyJson } from '../../../src/json/text.ts';
import type { JsonObject, JsonValue } from '../../../src/json/value.ts';
import { bareVariables } from '../../../src/operation/bare-variables.ts';
import { canonicalText } from '../../../src/routing/canonical.ts';
import { placeEvent } from '../../../src/routing/event-address.ts';
import { topicInstance } from '../../../src/routing/instance.ts';
import type { Topic, TopicInstance } from '../../../src/routing/topic.ts';
import type { BuiltSchema } from './build-schema.ts';
import type { Feature } from './features.ts';
import { generateDocument, PARAMETER_VALUES } from './generate-document.ts';
import { generateFilter, isFilterable } from './generate-filter.ts';
import type { TopicModel } from './generate-schema.ts';
import { Tape } from './tape.ts';

/** One operation, its filter, and what it exercises. */
export interface DocumentCase {
  readonly built: BuiltSchema;
  readonly request: ProjectionRequest;
  readonly text: string;
  /** As a client sends them. */
  readonly rawVariables: Readonly<Record<string, JsonValue>>;
  /** As generated; undefined where the events have nothing to filter by. */
  readonly where: JsonObject | undefined;
  /** As the gateway gets it. */
  readonly coercedWhere: Readonly<Record<string, unknown>> | undefined;
  readonly features: ReadonlySet<Feature>;
}

/** Generated fragments and variables need not all be used; everything else has to hold. */
const rules = specifiedRules.filter(({ name }) => !/^NoUnused/.test(name));

export function documentCase(
  built: BuiltSchema,
  documentNumbers: readonly number[],
  filterNumbers: readonly number[],
): DocumentCase {
  const { model, schema } = built;
  const tape = new Tape(documentNumbers);
  const features = new Set<Feature>();
  const filterable = isFilterable(model, model.root.base);
  const filterType = filterable && model.topic !== undefined ? `${model.root.base}Filter` : undefined;
  const generated = generateDocument(tape, model, filterType, (feature) => features.add(feature));
  const document = parse(generated.text, { noLocation: tape.chance(10) });
  const problems = validate(schema, document, rules);
  assert.deepEqual(problems.map(String), [], `${built.text}\n${generated.text}`);
  const fragments = new Map<string, FragmentDefinitionNode>();
  let operation: OperationDefinitionNode | undefined;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) operation = definition;
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  assert.ok(operation);
  const where = filterable ? generateFilter(new Tape(filterNumbers), model, model.root.base) : undefined;
  // As the gateway does it: graphql-js would take an inherited `constructor` for a member of the filter (A57).
  const rawVariables = bareVariables({
    ...generated.variables,
    ...(filterType === undefined || where === undefined ? {} : { where }),
  }) as DocumentCase['rawVariables'];
  const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], rawVariables);
  assert.ok(coerced.variableValues, `${String(coerced.errors)}\n${built.text}\n${generated.text}`);
  let coercedWhere: DocumentCase['coercedWhere'] = where;
  const definition = schema.getSubscriptionType()?.getFields()['event'];
  if (filterType !== undefined && definition !== undefined) {
    const [node] = operation.selectionSet.selections;
    const values = getArgumentValues(definition, node as FieldNode, coerced.variableValues);
    coercedWhere = values['where'] as DocumentCase['coercedWhere'];
  }
  return {
    built,
    request: { schema, operation, fragments, variables: coerced.variableValues.coerced },
    text: generated.text,
    rawVariables,
    where,
    coercedWhere,
    features,
  };
}

/** The event as the gateway hands it to its groups, and as it should. */
export function placed(
  { built }: DocumentCase,
  event: JsonObject,
): { readonly is: JsonObject; readonly should: JsonObject } {
  const { topic, model } = built;
  if (topic === undefined || model.topic === undefined) return { is: event, should: event };
  const result = placeEvent(topic, event, { instance: instanceOf(topic, model.topic) });
  if (result.type === 'invalid') assert.fail(result.reason);
  const { name, base } = model.topic.parameter;
  const own = Object.hasOwn(event, name) && event[name] !== null;
  return { is: result.value, should: own ? event : { ...event, [name]: PARAMETER_VALUES[base] ?? null } };
}

function instanceOf(topic: Topic, { parameter }: TopicModel): TopicInstance {
  const [{ type } = { type: 'String' as const }] = topic.parameters;
  const text = canonicalText(PARAMETER_VALUES[parameter.base] ?? null, type);
  const found = topicInstance(topic, new Map([[parameter.name, text ?? '']]));
  if (found.type === 'invalid') assert.fail(found.message);
  return found.instance;
}

/** All of a case as text, for whoever has to find out what is wrong. */
export function describeCase({ built, text, rawVariables, where }: DocumentCase, event: JsonObject): string {
  return [
    built.text,
    text,
    `variables ${stringifyJson(rawVariables)}`,
    `where ${where === undefined ? 'nothing' : stringifyJson(where)}`,
    `event ${stringifyJson(event)}`,
  ].join('\n');
}
