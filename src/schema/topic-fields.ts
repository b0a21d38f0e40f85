import type { ASTNode } from 'graphql';
import type { Given } from './directive-arguments.ts';
import type { ProblemList } from './problem-list.ts';
import { lowerFirst } from './sdl-text.ts';
import type { TopicDeclaration } from './topic-declaration.ts';

/** A root field of a topic and the piece of the file that names it. */
export interface NamedField {
  readonly name: string;
  readonly node: ASTNode;
}

/** The root fields of a topic, each undefined where it is left out (design §8). */
export interface DeclaredFields {
  readonly subscription: NamedField | undefined;
  readonly mutation: NamedField | undefined;
  readonly mutationBatch: NamedField | undefined;
  /** History. Undefined for a topic that keeps nothing, too. */
  readonly query: NamedField | undefined;
}

const NAME = /^[_A-Za-z][_0-9A-Za-z]*$/;

function readName(
  given: Given<string | null> | undefined,
  derived: string,
  declaration: TopicDeclaration,
  problems: ProblemList,
): NamedField | undefined {
  if (given === undefined) return { name: derived, node: declaration.typeName };
  if (given.value === null) return undefined;
  if (!NAME.test(given.value) || given.value.startsWith('__')) {
    const message = `"${given.value}" is not a name for a field`;
    problems.add(given.node, message, `Use letters, digits and _, as in "${derived}", or null to have no such field.`);
    return undefined;
  }
  return { name: given.value, node: given.node };
}

/** Derives the names of a topic's root fields from its type, or takes those that the topic gives. */
export function readFields(declaration: TopicDeclaration, problems: ProblemList): DeclaredFields {
  const type = declaration.type.name;
  const subscription = readName(declaration.subscription, lowerFirst(type), declaration, problems);
  const mutation = readName(declaration.mutation, `publish${type}`, declaration, problems);
  const keepsEvents = declaration.delivery?.value !== 'EPHEMERAL';
  let query: NamedField | undefined;
  if (keepsEvents) {
    query = readName(declaration.query, `${lowerFirst(type)}History`, declaration, problems);
  } else if (typeof declaration.query?.value === 'string') {
    problems.add(
      declaration.query.node,
      '"query" names the history field, and an EPHEMERAL topic keeps no history',
      'Remove it, or choose delivery: BUFFERED or DURABLE.',
    );
  }
  const { subscription: live, mutation: written, query: kept } = declaration;
  if (live?.value === null && written?.value === null && (!keepsEvents || kept?.value === null)) {
    const missing = keepsEvents
      ? 'without subscription, mutation and history'
      : 'with neither a subscription nor a mutation';
    problems.add(
      declaration.directive,
      `${missing}, nobody can use this topic`,
      'Remove one of the nulls, or the @topic.',
    );
  }
  return {
    subscription,
    mutation,
    mutationBatch: mutation === undefined ? undefined : { name: `${mutation.name}Batch`, node: mutation.node },
    query,
  };
}
