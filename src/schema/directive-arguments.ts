import { type ArgumentNode, type DirectiveNode, Kind, type ValueNode } from 'graphql';
import type { ProblemList } from './problem-list.ts';

/** An argument's value and the piece of the file that holds it. */
export interface Given<Value> {
  readonly value: Value;
  readonly node: ValueNode;
}

/**
 * Reads the arguments of one directive by their types; a value of another type is a problem, and reads as if it were not there.
 * Names are checked by `known-directives.ts`.
 */
export class DirectiveArguments {
  readonly directive: DirectiveNode;
  readonly #problems: ProblemList;
  readonly #arguments: ReadonlyMap<string, ArgumentNode>;

  constructor(directive: DirectiveNode, problems: ProblemList) {
    this.directive = directive;
    this.#problems = problems;
    this.#arguments = new Map((directive.arguments ?? []).map((node) => [node.name.value, node]));
  }

  string(name: string, example: string): Given<string> | undefined {
    const node = this.#arguments.get(name)?.value;
    if (node === undefined) return undefined;
    if (node.kind === Kind.STRING) return { value: node.value, node };
    return this.#wrong(name, node, 'a text in quotes', example);
  }

  /** A name to use, or null to leave the thing out. */
  nameOrNull(name: string, example: string): Given<string | null> | undefined {
    const node = this.#arguments.get(name)?.value;
    if (node?.kind === Kind.NULL) return { value: null, node };
    return this.string(name, example);
  }

  boolean(name: string): Given<boolean> | undefined {
    const node = this.#arguments.get(name)?.value;
    if (node === undefined) return undefined;
    if (node.kind === Kind.BOOLEAN) return { value: node.value, node };
    return this.#wrong(name, node, 'true or false', 'true');
  }

  /** A whole number of at least 1. */
  count(name: string, example: number): Given<number> | undefined {
    const node = this.#arguments.get(name)?.value;
    if (node === undefined) return undefined;
    const value = node.kind === Kind.INT ? Number(node.value) : 0;
    if (value >= 1 && value <= 2_147_483_647) return { value, node };
    return this.#wrong(name, node, 'a whole number from 1 to 2147483647', String(example));
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[]): Given<Choice> | undefined {
    const node = this.#arguments.get(name)?.value;
    if (node === undefined) return undefined;
    const value = node.kind === Kind.ENUM ? choices.find((choice) => choice === node.value) : undefined;
    if (value !== undefined) return { value, node };
    return this.#wrong(name, node, `one of ${choices.join(', ')}, without quotes`, choices[0] ?? '');
  }

  #wrong(name: string, node: ValueNode, expected: string, example: string): undefined {
    this.#problems.add(node, `"${name}" must be ${expected}`, `Write ${name}: ${example}.`);
    return undefined;
  }
}
