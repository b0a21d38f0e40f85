import {
  type DocumentNode,
  GraphQLDirective,
  type GraphQLError,
  type GraphQLScalarType,
  GraphQLSchema,
  KnownTypeNamesRule,
  PossibleTypeExtensionsRule,
  specifiedDirectives,
  TypeInfo,
  UniqueArgumentDefinitionNamesRule,
  UniqueArgumentNamesRule,
  UniqueDirectivesPerLocationRule,
  UniqueEnumValueNamesRule,
  UniqueFieldDefinitionNamesRule,
  UniqueInputFieldNamesRule,
  UniqueTypeNamesRule,
  ValidationContext,
  visit,
  visitInParallel,
} from 'graphql';
import type { ProblemList } from './problem-list.ts';

/** A rule of graphql-js for SDL. */
type SdlRule = typeof UniqueTypeNamesRule;

/** The rules of graphql-js that a schema file must keep, each with its fix. Directives have checks of our own. */
const RULES: readonly [rule: SdlRule, fix: string][] = [
  [UniqueTypeNamesRule, 'Remove one of the two, or give it another name.'],
  [UniqueEnumValueNamesRule, 'Remove one of the two.'],
  [UniqueFieldDefinitionNamesRule, 'Remove one of the two.'],
  [UniqueArgumentDefinitionNamesRule, 'Remove one of the two.'],
  [KnownTypeNamesRule, 'Declare the type, or use one that exists.'],
  [UniqueDirectivesPerLocationRule, 'Keep one of the two.'],
  [PossibleTypeExtensionsRule, 'Extend a type of this file with the keyword that it was declared with.'],
  [UniqueArgumentNamesRule, 'Keep one of the two.'],
  [UniqueInputFieldNamesRule, 'Keep one of the two.'],
];

/** So that the rules know that ours stand once. Places and arguments have checks of their own. */
const OUR_DIRECTIVES: readonly GraphQLDirective[] = ['topic', 'event'].map(
  (name) => new GraphQLDirective({ name, locations: [] }),
);

/** Runs the rules over a document, on top of the built-in scalars. */
export function checkSdlRules(
  document: DocumentNode,
  scalars: readonly GraphQLScalarType[],
  problems: ProblemList,
): void {
  const base = new GraphQLSchema({ types: scalars, directives: [...specifiedDirectives, ...OUR_DIRECTIVES] });
  const visitors = RULES.map(([rule, fix]) => {
    const context = new ValidationContext(base, document, new TypeInfo(base), (error: GraphQLError) => {
      // Of two equal things the later one is the mistake.
      problems.add(error.nodes?.at(-1), error.message, fix);
    });
    // The SDL context is not exported; the one for operations has all that these rules call.
    return rule(context as unknown as Parameters<SdlRule>[0]);
  });
  visit(document, visitInParallel(visitors));
}
