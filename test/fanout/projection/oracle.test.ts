import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { executeSync, Kind } from 'graphql';
import { executingProjection } from '../../../src/fanout/projection/execute.ts';
import { memberResolver } from '../../../src/fanout/projection/member.ts';
import { stringifyJson } from '../../../src/json/text.ts';
import type { JsonValue } from '../../../src/json/value.ts';
import { Random } from '../../support/random.ts';
import { buildSchemas } from './build-schema.ts';
import { type DocumentCase, documentCase } from './case.ts';
import { compare, comparison } from './compare.ts';
import { FEATURES, FeatureTable } from './features.ts';
import { generateEvent } from './generate-event.ts';
import { generateSchema } from './generate-schema.ts';
import { Tape } from './tape.ts';

const seed = Number(process.env['SLUICE_TEST_SEED'] ?? Date.now() % 2 ** 31);
const cases = Number(process.env['SLUICE_PROJECTION_CASES'] ?? 100_000);
/** Of a whole run; in a short one chance rules. */
const LEAST_CASES_PER_FEATURE = 1000;
const DOCUMENTS_PER_SCHEMA = 4;
const EVENTS_PER_DOCUMENT = 10;
/** Bounds the search for a small counterexample. */
const SHRINK_LIMIT_MS = 30_000;

/** How many choices each part of a case has. */
const LENGTHS = { schema: [40, 120], document: [20, 300], filter: [4, 60], event: [10, 160] } as const;

/** The choices of one case. */
interface Choices {
  readonly schema: readonly number[];
  readonly document: readonly number[];
  readonly filter: readonly number[];
  readonly event: readonly number[];
}

const choices: fc.Arbitrary<Choices> = fc.record({
  event: numbersArbitrary(LENGTHS.event),
  filter: numbersArbitrary(LENGTHS.filter),
  document: numbersArbitrary(LENGTHS.document),
  schema: numbersArbitrary(LENGTHS.schema),
});

function numbersArbitrary([, most]: readonly [number, number]): fc.Arbitrary<number[]> {
  return fc.array(fc.nat({ max: 0xff }), { maxLength: most, size: 'max' });
}

function numbers(random: Random, [least, most]: readonly [number, number]): number[] {
  return Array.from({ length: least + random.below(most - least + 1) }, () => random.below(0x100));
}

function caseOf({ schema, document, filter }: Choices): DocumentCase {
  return documentCase(buildSchemas(generateSchema(new Tape(schema))), document, filter);
}

function compareOne(choice: Choices): void {
  compare(comparison(caseOf(choice)), choice.event);
}

function fails(choice: Choices): boolean {
  try {
    compareOne(choice);
    return false;
  } catch {
    return true;
  }
}

/** The case with less at the ends of its tapes: the quick part of shrinking. */
function cut(choice: Choices): Choices {
  let smallest = choice;
  for (const part of ['event', 'filter', 'document', 'schema'] as const) {
    for (let length = 0; length < smallest[part].length; length += Math.ceil((smallest[part].length - length) / 4)) {
      const shorter = { ...smallest, [part]: smallest[part].slice(0, length) };
      if (!fails(shorter)) continue;
      smallest = shorter;
      break;
    }
  }
  return smallest;
}

/** Fails with the smallest case like this one that can be found: fast-check shrinks the choices. */
function failShrunk(choice: Choices, error: unknown): never {
  fc.assert(fc.property(choices, compareOne), {
    examples: [[cut(choice)]],
    numRuns: 1,
    interruptAfterTimeLimit: SHRINK_LIMIT_MS,
  });
  // The case alone is right: what went before it matters, and nothing can be left out.
  throw error;
}

function runCases(count: number): { readonly table: FeatureTable; readonly compared: number } {
  const random = new Random(seed);
  const table = new FeatureTable();
  let compared = 0;
  while (compared < count) {
    const schema = numbers(random, LENGTHS.schema);
    const built = buildSchemas(generateSchema(new Tape(schema)));
    for (let documents = 0; documents < DOCUMENTS_PER_SCHEMA; documents += 1) {
      const document = numbers(random, LENGTHS.document);
      const filter = numbers(random, LENGTHS.filter);
      const sides = comparison(documentCase(built, document, filter));
      for (let events = 0; events < EVENTS_PER_DOCUMENT; events += 1) {
        const event = numbers(random, LENGTHS.event);
        try {
          table.add(compare(sides, event));
        } catch (error) {
          failShrunk({ schema, document, filter, event }, error);
        }
        compared += 1;
      }
    }
  }
  return { table, compared };
}

describe('a compiled projection', () => {
  test('P84, P85: equals graphql-js, and its filter the rules, for any schema, document, variables and event', (context) => {
    context.diagnostic(`seed ${seed} (SLUICE_TEST_SEED), ${cases} cases (SLUICE_PROJECTION_CASES)`);
    const { table, compared } = runCases(cases);
    for (const line of table.lines()) context.diagnostic(line);
    const least = compared < 100_000 ? 1 : LEAST_CASES_PER_FEATURE;
    for (const feature of FEATURES) {
      const { cases: found } = table.of(feature);
      assert.ok(found >= least, `${feature} came up ${found} times of ${compared}`);
    }
  });

  test('its fallback equals a plain call of graphql-js with the raw variables', () => {
    fc.assert(
      fc.property(
        choices,
        fc.array(numbersArbitrary(LENGTHS.event), { minLength: 4, maxLength: 4 }),
        (choice, events) => {
          const { request, rawVariables, built } = caseOf(choice);
          const execute = executingProjection(request);
          const definitions = [request.operation, ...request.fragments.values()];
          for (const numbers of events) {
            const event = generateEvent(new Tape(numbers), built.model, () => undefined);
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
        },
      ),
      { seed, numRuns: 200 },
    );
  });
});
