import { type GraphQLNamedOutputType, isInterfaceType, isObjectType } from 'graphql';
import type { ProblemList } from './problem-list.ts';

/** Members of every filter beside the fields (design §8). */
const COMBINATORS: readonly string[] = ['and', 'or', 'not'];

/** Checks the fields of every type that an event can hold. */
export function checkFields(
  reached: ReadonlySet<GraphQLNamedOutputType>,
  filtered: ReadonlySet<GraphQLNamedOutputType>,
  problems: ProblemList,
): void {
  for (const type of reached) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.args.length > 0) {
        problems.add(
          field.astNode?.arguments?.[0],
          `${type.name}.${field.name} has arguments, and an event is data that cannot take any`,
          `Write "${field.name}: ${String(field.type)}" without arguments.`,
        );
      }
      if (filtered.has(type) && COMBINATORS.includes(field.name)) {
        problems.add(
          field.astNode?.name,
          `${type.name}.${field.name} collides with "${field.name}" of the filter ${type.name}Filter`,
          'Give the field another name.',
        );
      }
    }
  }
}
