import type { GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { NotCompilable } from '../../fanout/projection/request.ts';
import { variablesRead } from '../../fanout/projection/variables.ts';
import { InputCoercions } from '../coercion/input.ts';
import { type CoercedVariables, VariableCoercion } from '../coercion/variables.ts';
import type { ValidDocument } from '../document.ts';
import type { RootValue } from '../root-value.ts';
import { type CompiledRoot, compileRoots } from './compile-roots.ts';

/**
 * How many combinations of Boolean variables in directives one operation keeps compiled; further ones are executed by graphql-js, so
 * that a client cannot fill the memory with them (A37).
 */
const MAX_COMBINATIONS = 4;

/** What is compiled of one operation. Lives as long as its document, so the document cache bounds it. */
export class OperationPlan {
  readonly coercion: VariableCoercion;
  readonly #directiveVariables: readonly string[];
  readonly #compile: (variables: CoercedVariables) => readonly CompiledRoot[];
  readonly #byDirectives = new Map<string, readonly CompiledRoot[] | undefined>();

  constructor(
    coercion: VariableCoercion,
    directiveVariables: readonly string[],
    compile: (variables: CoercedVariables) => readonly CompiledRoot[],
  ) {
    this.coercion = coercion;
    this.#directiveVariables = directiveVariables;
    this.#compile = compile;
  }

  /** The compiled root fields of a query or mutation with these variables; undefined when graphql-js has to execute it. */
  roots(variables: CoercedVariables): readonly CompiledRoot[] | undefined {
    const key = this.#directiveVariables.length === 0 ? '' : this.#keyOf(variables);
    if (key === undefined) return undefined;
    const known = this.#byDirectives.get(key);
    if (known !== undefined || this.#byDirectives.has(key)) return known;
    if (this.#byDirectives.size >= MAX_COMBINATIONS) return undefined;
    const compiled = this.#compiled(variables);
    this.#byDirectives.set(key, compiled);
    return compiled;
  }

  /** Undefined when a directive's variable is no Boolean, of which graphql-js has to say something. */
  #keyOf(variables: CoercedVariables): string | undefined {
    const values = this.#directiveVariables.map((name) => variables[name]);
    return values.every((value) => typeof value === 'boolean') ? values.join() : undefined;
  }

  #compiled(variables: CoercedVariables): readonly CompiledRoot[] | undefined {
    try {
      return this.#compile(variables);
    } catch (error) {
      if (error instanceof NotCompilable) return undefined;
      throw error;
    }
  }
}

/** The plans of the operations of one schema, made when they are first asked for. */
export class OperationPlans {
  readonly #schema: GraphQLSchema;
  readonly #rootValue: RootValue;
  readonly #inputs = new InputCoercions();
  readonly #plans = new WeakMap<OperationDefinitionNode, OperationPlan>();

  constructor(schema: GraphQLSchema, rootValue: RootValue) {
    this.#schema = schema;
    this.#rootValue = rootValue;
  }

  of({ fragments }: ValidDocument, operation: OperationDefinitionNode): OperationPlan {
    let plan = this.#plans.get(operation);
    if (plan === undefined) {
      const schema = this.#schema;
      plan = new OperationPlan(
        new VariableCoercion(schema, operation.variableDefinitions ?? [], this.#inputs),
        [...variablesRead(operation, fragments)],
        (variables) => compileRoots({ schema, operation, fragments, variables }, this.#rootValue),
      );
      this.#plans.set(operation, plan);
    }
    return plan;
  }
}
