import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { buildSchema, type GraphQLSchema, getVariableValues, Kind, parse, type VariableDefinitionNode } from 'graphql';
import { parseJson, stringifyJson } from '../../../src/json/text.ts';
import type { JsonObject, JsonValue } from '../../../src/json/value.ts';
import { bareVariables } from '../../../src/operation/bare-variables.ts';
import { InputCoercions } from '../../../src/operation/coercion/input.ts';
import { VariableCoercion } from '../../../src/operation/coercion/variables.ts';
import { Tape } from '../../fanout/projection/tape.ts';
import { buildInputSchema, generateInputTypes, generateVariables } from './generate-inputs.ts';

const seed = Number(process.env['SLUICE_TEST_SEED'] ?? Date.now() % 2 ** 31);
console.log(`coercion: seed ${seed} (SLUICE_TEST_SEED sets it)`);

const numbers = (maxLength: number): fc.Arbitrary<number[]> =>
  fc.array(fc.nat({ max: 0xff }), { maxLength, size: 'max' });

function definitionsOf(text: string): readonly VariableDefinitionNode[] {
  const [operation] = parse(`query (${text}) { x }`).definitions;
  assert.ok(operation?.kind === Kind.OPERATION_DEFINITION);
  return operation.variableDefinitions ?? [];
}

/** What graphql-js makes of the variables, and what the compiled coercion does. */
function both(schema: GraphQLSchema, definitions: readonly VariableDefinitionNode[], inputs: JsonObject) {
  const coercion = new VariableCoercion(schema, definitions, new InputCoercions());
  return {
    expected: getVariableValues(schema, definitions, bareVariables(inputs), { maxErrors: 50 }),
    coerced: coercion.coerce(inputs),
    coercion,
  };
}

/** Inherited members and the order of members show in it; prototypes do not. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.entries(value).map(([name, member]) => [name, plain(member)]);
}

describe('VariableCoercion', () => {
  test('equals graphql-js for every type, value and default, and asks it only where something does not fit', () => {
    let fitting = 0;
    const cases = 4000;
    fc.assert(
      fc.property(numbers(60), numbers(30), numbers(120), (typeChoices, schemaChoices, valueChoices) => {
        const types = generateInputTypes(new Tape(typeChoices));
        const schema = buildInputSchema(types, new Tape(schemaChoices));
        const { definitions: text, values } = generateVariables(types, new Tape(valueChoices));
        const inputs = parseJson(values) as JsonObject;
        const definitions = definitionsOf(text);
        const { expected, coerced, coercion } = both(schema, definitions, inputs);
        if (coerced === undefined) {
          assert.ok(expected.errors !== undefined, `graphql-js takes ${values} for ${text}`);
          return;
        }
        fitting += 1;
        assert.ok(expected.errors === undefined, `graphql-js refuses ${values} for ${text}: ${expected.errors}`);
        assert.deepEqual(plain(coerced), plain(expected.variableValues.coerced));
        const { sources } = coercion.withSources(inputs, coerced);
        assert.deepEqual(Object.keys(sources), Object.keys(expected.variableValues.sources));
        for (const [name, source] of Object.entries(expected.variableValues.sources)) {
          const signature = sources[name]?.signature;
          assert.equal(signature?.name, source.signature.name);
          assert.equal(String(signature?.type), String(source.signature.type));
          assert.deepEqual(signature?.default, source.signature.default);
          assert.equal('value' in (sources[name] ?? {}), 'value' in source);
          assert.deepEqual(plain(sources[name]?.value), plain(source.value));
        }
      }),
      { seed, numRuns: cases },
    );
    console.log(`coercion: ${fitting} of ${cases} cases fit`);
    assert.ok(fitting > cases / 4 && fitting < cases, 'the generator is one-sided');
  });

  test('A57: coerced objects inherit nothing, and an inherited member is no value', () => {
    const schema = buildSchema(
      'type Query { x: Int } input Team { name: String constructor: String toString: String }',
    );
    const { coerced } = both(schema, definitionsOf('$team: Team'), { team: { name: 'x' } });
    const team = coerced?.['team'] as Record<string, unknown>;
    assert.equal(team['constructor'], undefined);
    assert.equal('toString' in team, false);
    assert.equal(stringifyJson(team as JsonValue), '{"name":"x"}');
  });
});
