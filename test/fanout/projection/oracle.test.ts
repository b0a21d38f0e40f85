import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  executeSync,
  type FragmentDefinitionNode,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { compileProjection } from '../../../src/fanout/projection/compile.ts';
import { executingProjection } from '../../../src/fanout/projection/execute.ts';
import { memberResolver } from '../../../src/fanout/projection/member.ts';
import type { ProjectionRequest } from '../../../src/fanout/projection/request.ts';
import { stringifyJson } from '../../../src/json/text.ts';
import type { JsonObject, JsonValue } from '../../../src/json/value.ts';
import { FEATURES, type Feature, FeatureCounts } from './features.ts';
import { generateDocument } from './generate-document.ts';
import { generateEvent } from './generate-event.ts';
import { generateSchema } from './generate-schema.ts';
import { Tape } from './tape.ts';

const seed = Number(process.env['SLUICE_TEST_SEED'] ?? Date.now() % 2 ** 31);
const cases = Number(process.env['SLUICE_PROJECTION_CASES'] ?? 10_000);
const EVENTS_PER_DOCUMENT = 8;
/** Percent of an event's values that do not fit the schema, by the event's index. */
const BROKEN: readonly number[] = [0, 3, 12, 1];
/** Bounds the search for a small counterexample; a run without one ends long before. */
const TIME_LIMIT_MS = 240_000;

const numbers = (least: number, most: number) =>
  fc.array(fc.nat({ max: 0xff }), { minLength: least, maxLength: most, size: 'max' });

/** Choices for the schema, the document, and each event. */
const choices = fc.record({
  schema: numbers(40, 120),
  document: numbers(20, 300),
  events: fc.array(numbers(10, 160), { minLength: EVENTS_PER_DOCUMENT, maxLength: EVENTS_PER_DOCUMENT }),
});

interface Choices {
  readonly schema: readonly number[];
  readonly document: readonly number[];
  readonly events: readonly (readonly number[])[];
}

/** Generated fragments and variables need not all be used; everything else has to hold. */
const rules = specifiedRules.filter(({ name }) => !/^NoUnused/.test(name));

interface Case {
  readonly request: ProjectionRequest;
  readonly documentText: string;
  readonly rawVariables: Readonly<Record<string, boolean>>;
  readonly schemaText: string;
  readonly features: ReadonlySet<Feature>;
  eventAt(index: number, note: (feature: Feature) => void): JsonObject;
}

function caseOf(choice: Choices): Case {
  const tape = new Tape(choice.document);
  const features = new Set<Feature>();
  const model = generateSchema(new Tape(choice.schema));
  const { text, variables } = generateDocument(tape, model, (feature) => features.add(feature));
  const document = parse(text, { noLocation: tape.chance(10) });
  const problems = validate(model.schema, document, rules);
  assert.deepEqual(problems.map(String), [], `${model.text}\n${text}`);
  const fragments = new Map<string, FragmentDefinitionNode>();
  let operation: OperationDefinitionNode | undefined;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) operation = definition;
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  assert.ok(operation);
  const coerced = getVariableValues(model.schema, operation.variableDefinitions ?? [], variables);
  assert.ok(coerced.variableValues);
  return {
    request: { schema: model.schema, operation, fragments, variables: coerced.variableValues.coerced },
    documentText: text,
    rawVariables: variables,
    schemaText: model.text,
    features,
    eventAt: (index, note) =>
      generateEvent(new Tape(choice.events[index] ?? []), model, BROKEN[index % BROKEN.length] ?? 0, note),
  };
}

interface Problem {
  readonly message: string;
  readonly path: readonly (string | number)[];
}

function noteErrors(errors: string | undefined, data: string, note: (feature: Feature) => void): void {
  if (errors === undefined) return;
  note('error');
  const result: unknown = JSON.parse(data);
  for (const { message, path } of JSON.parse(errors) as Problem[]) {
    if (/cannot represent|odd|Odd/.test(message)) note('scalar error');
    if (/bstract type|names no type|not a possible type/.test(message)) note('type resolution error');
    // The position itself is gone where a null above has taken its place.
    let at: unknown = result;
    for (const step of path) at = typeof at === 'object' && at !== null ? Reflect.get(at, step) : undefined;
    if (at === undefined) note('null propagation');
  }
}

describe('a compiled projection', () => {
  test('P84, P85: equals graphql-js for any schema, document, variables and event', (context) => {
    const counts = new FeatureCounts();
    let compared = 0;
    const runs = Math.ceil(cases / EVENTS_PER_DOCUMENT);
    fc.assert(
      fc.property(choices, (choice) => {
        const { request, features, eventAt, ...rest } = caseOf(choice);
        const compiled = compileProjection({
          ...request,
          onFallback: (reason) => assert.fail(`not compiled: ${reason}\n${rest.schemaText}\n${rest.documentText}`),
        });
        const execute = executingProjection(request);
        for (let index = 0; index < EVENTS_PER_DOCUMENT; index += 1) {
          const noted = new Set<Feature>(features);
          const event = eventAt(index, (feature) => noted.add(feature));
          const expected = execute(event);
          const actual = compiled(event);
          const where = () => `${rest.schemaText}\n${rest.documentText}\n${stringifyJson(event)}`;
          assert.equal(actual.data, expected.data, where());
          assert.equal(actual.errors, expected.errors, where());
          noteErrors(actual.errors, actual.data, (feature) => noted.add(feature));
          for (const feature of noted) counts.add(feature);
          compared += 1;
        }
      }),
      { seed, numRuns: runs, interruptAfterTimeLimit: TIME_LIMIT_MS },
    );
    context.diagnostic(`seed ${seed} (SLUICE_TEST_SEED), ${compared} cases (SLUICE_PROJECTION_CASES): ${counts}`);
    // In few cases chance rules.
    const least = compared < 10_000 ? 1 : Math.floor(compared / 100);
    for (const feature of FEATURES) {
      assert.ok(counts.of(feature) >= least, `${feature} came up ${counts.of(feature)} times of ${compared}`);
    }
  });

  test('its fallback equals a plain call of graphql-js with the raw variables', () => {
    fc.assert(
      fc.property(choices, (choice) => {
        const { request, rawVariables, eventAt } = caseOf(choice);
        const execute = executingProjection(request);
        const definitions = [request.operation, ...request.fragments.values()];
        for (let index = 0; index < 4; index += 1) {
          const event = eventAt(index, () => undefined);
          const expected = executeSync({
            schema: request.schema,
            document: { kind: Kind.DOCUMENT, definitions },
            rootValue: { event },
            variableValues: rawVariables,
            fieldResolver: memberResolver,
          });
          const actual = execute(event);
          assert.equal(actual.data, stringifyJson((expected.data ?? null) as JsonValue));
          const errors = expected.errors?.map((error) => ({
            ...error.toJSON(),
            extensions: { code: 'EVENT_INVALID' },
          }));
          assert.deepEqual(
            actual.errors === undefined ? undefined : JSON.parse(actual.errors),
            errors && JSON.parse(JSON.stringify(errors)),
          );
        }
      }),
      { seed, numRuns: 200 },
    );
  });
});
