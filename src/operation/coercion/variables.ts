import {
  type GraphQLInputType,
  type GraphQLSchema,
  isInputType,
  isNonNullType,
  typeFromAST,
  type VariableDefinitionNode,
  type VariableValues,
} from 'graphql';
import type { JsonObject } from '../../json/value.ts';
import { bareObject } from './bare-object.ts';
import { defaultOf, type InputCoercion, type InputCoercions } from './input.ts';

/** The coerced variables of one request, by name. */
export type CoercedVariables = VariableValues['coerced'];

type Signature = VariableValues['sources'][string]['signature'];

/**
 * Coerces the variables of one operation as graphql-js does (`getVariableValues`), in values that fit. For what does not fit it gives
 * no answer: graphql-js is to be asked then, and says what is wrong.
 */
export class VariableCoercion {
  readonly #variables: readonly Variable[];

  constructor(schema: GraphQLSchema, definitions: readonly VariableDefinitionNode[], inputs: InputCoercions) {
    this.#variables = definitions.map((definition) => {
      const type = typeFromAST(schema, definition.type);
      if (!isInputType(type)) throw new Error('A validated operation has a variable without an input type.');
      return variableOf(definition, type, inputs.of(type));
    });
  }

  /** Undefined: some variable does not fit. */
  coerce(inputs: JsonObject): CoercedVariables | undefined {
    const coerced = bareObject();
    for (const { name, coerce, absence, preset } of this.#variables) {
      const given = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
      if (given === undefined) {
        if (absence === 'refused') return undefined;
        if (absence === 'preset') coerced[name] = preset;
        continue;
      }
      const value = coerce(given);
      if (value === undefined) return undefined;
      coerced[name] = value;
    }
    return coerced;
  }

  /** What `coerce` gave for these inputs in the form that graphql-js reads: with what each variable was made of. */
  withSources(inputs: JsonObject, coerced: CoercedVariables): VariableValues {
    const sources = bareObject() as Record<string, VariableValues['sources'][string]>;
    for (const { name, signature } of this.#variables) {
      const given = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
      sources[name] = given === undefined ? { signature } : { signature, value: given };
    }
    return { sources, coerced };
  }
}

interface Variable {
  readonly name: string;
  readonly coerce: InputCoercion;
  /** What it means that the request lacks it. */
  readonly absence: 'refused' | 'left out' | 'preset';
  readonly preset: unknown;
  readonly signature: Signature;
}

function variableOf(definition: VariableDefinitionNode, type: GraphQLInputType, coerce: InputCoercion): Variable {
  const name = definition.variable.name.value;
  const literal = definition.defaultValue;
  const signature: Signature = { name, type, default: literal && { literal } };
  if (literal === undefined) {
    return { name, coerce, absence: isNonNullType(type) ? 'refused' : 'left out', preset: undefined, signature };
  }
  const preset = defaultOf({ type, default: { literal } });
  return { name, coerce, absence: preset === undefined ? 'refused' : 'preset', preset, signature };
}
