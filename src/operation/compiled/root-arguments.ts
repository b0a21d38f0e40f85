import {
  coerceInputLiteral,
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  getArgumentValues,
  isNonNullType,
  isRequiredArgument,
  Kind,
  type ValueNode,
} from 'graphql';
import type { JsonObject } from '../../json/value.ts';
import { bareObject } from '../coercion/bare-object.ts';
import { defaultOf } from '../coercion/input.ts';
import type { CoercedVariables, VariableCoercion } from '../coercion/variables.ts';

/** The variables of one request, as they came and coerced. */
export interface RequestVariables {
  readonly coercion: VariableCoercion;
  readonly inputs: JsonObject;
  readonly coerced: CoercedVariables;
}

/** Coerced arguments by name; undefined when an argument does not fit, of which graphql-js is to say what is wrong. */
export type RootArguments = (variables: RequestVariables) => Readonly<Record<string, unknown>> | undefined;

/**
 * Compiles the arguments of a root field (CoerceArgumentValues, GraphQL specification §6.4.1). What is written out is coerced once;
 * an argument that is a variable is the variable's value; literals with variables inside are left to graphql-js, for each request.
 */
export function compileRootArguments(field: GraphQLField<unknown, unknown>, node: FieldNode): RootArguments {
  const given = new Map((node.arguments ?? []).map((argument) => [argument.name.value, argument.value]));
  if ([...given.values()].some((value) => value.kind !== Kind.VARIABLE && holdsVariable(value))) {
    return (variables) => argumentsByGraphql(field, node, variables);
  }
  const steps = field.args.map((argument) => stepOf(argument, given.get(argument.name)));
  return ({ coerced }) => {
    const result = bareObject();
    for (const step of steps) if (!step(coerced, result)) return undefined;
    return result;
  };
}

/** Puts one argument into the result; false when it does not fit. */
type Step = (coerced: CoercedVariables, result: Record<string, unknown>) => boolean;

function stepOf(argument: GraphQLArgument, value: ValueNode | undefined): Step {
  if (value === undefined) return absentStep(argument);
  const { name } = argument;
  if (value.kind !== Kind.VARIABLE) {
    const constant = coerceInputLiteral(value, argument.type);
    return (_coerced, result) => {
      result[name] = constant;
      return constant !== undefined;
    };
  }
  const variable = value.name.value;
  const isNonNull = isNonNullType(argument.type);
  const absent = absentStep(argument);
  return (coerced, result) => {
    // Coerced variables inherit nothing.
    const found = coerced[variable];
    if (found === undefined) return absent(coerced, result);
    result[name] = found;
    return found !== null || !isNonNull;
  };
}

function absentStep(argument: GraphQLArgument): Step {
  const { name } = argument;
  const preset = defaultOf(argument);
  if (preset !== undefined) {
    return (_coerced, result) => {
      result[name] = preset;
      return true;
    };
  }
  const fits = !isRequiredArgument(argument) && argument.default === undefined;
  return () => fits;
}

function argumentsByGraphql(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  { coercion, inputs, coerced }: RequestVariables,
): Readonly<Record<string, unknown>> | undefined {
  try {
    return getArgumentValues(field, node, coercion.withSources(inputs, coerced));
  } catch {
    // Said again, with its place, when the operation is executed.
    return undefined;
  }
}

function holdsVariable(node: ValueNode): boolean {
  switch (node.kind) {
    case Kind.VARIABLE:
      return true;
    case Kind.LIST:
      return node.values.some(holdsVariable);
    case Kind.OBJECT:
      return node.fields.some(({ value }) => holdsVariable(value));
    default:
      return false;
  }
}
