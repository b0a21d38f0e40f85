import {
  type DefinitionNode,
  type DocumentNode,
  extendSchema,
  GraphQLSchema,
  isTypeDefinitionNode,
  isTypeExtensionNode,
  Kind,
  type NamedTypeNode,
  parse,
  specifiedScalarTypes,
  visit,
} from 'graphql';
import { withoutUnreadableDirectives } from './known-directives.ts';
import type { ProblemList } from './problem-list.ts';
import { BUILT_IN_SCALARS } from './scalars/built-in.ts';
import { checkSdlRules } from './sdl-rules.ts';
import { checkTypeRules } from './type-rules.ts';

/** Names of the scalars that need no declaration. */
export const BUILT_IN_SCALAR_NAMES: ReadonlySet<string> = new Set(
  [...BUILT_IN_SCALARS, ...specifiedScalarTypes].map((scalar) => scalar.name),
);

/** Root types are derived. */
export const ROOT_TYPE_NAMES: readonly string[] = ['Query', 'Mutation', 'Subscription'];

/** The types of one file, whole enough to check further even where there are problems. */
export interface UserTypes {
  /** The definitions that were kept: types and their extensions. */
  readonly document: DocumentNode;
  readonly schema: GraphQLSchema;
  /** Names that stand for something that was reported already; they are empty scalars in `schema`. */
  readonly unknown: ReadonlySet<string>;
}

/** Is it a declaration of a scalar that exists already? Harmless: editors like to see it. */
function isRedeclaration(node: DefinitionNode): boolean {
  return node.kind === Kind.SCALAR_TYPE_DEFINITION && BUILT_IN_SCALAR_NAMES.has(node.name.value);
}

/** Reports a definition that has no place in a schema file; true for one that has. */
function belongs(node: DefinitionNode, problems: ProblemList): boolean {
  if (isTypeDefinitionNode(node) || isTypeExtensionNode(node)) {
    if (!ROOT_TYPE_NAMES.includes(node.name.value)) return true;
    problems.add(
      node.name,
      `"${node.name.value}" is derived from the topics; a schema file cannot define it`,
      'Remove it, and put @topic on the types of your events: their fields in it are derived.',
    );
    return false;
  }
  if (node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION) {
    problems.add(node, 'the root types are derived; a schema file has no "schema" definition', 'Remove it.');
  } else if (node.kind === Kind.DIRECTIVE_DEFINITION || node.kind === Kind.DIRECTIVE_EXTENSION) {
    const fix = 'Remove the definition; @topic and @event need none, and other directives would do nothing.';
    problems.add(node.name, `"@${node.name.value}" cannot be defined in a schema file`, fix);
  } else {
    problems.add(node, 'a schema file holds types only', 'Remove the operation or fragment.');
  }
  return false;
}

/** Parts of a document that can be built: the first definition of each name, and extensions of the same kind. */
function buildable(definitions: readonly DefinitionNode[]): DefinitionNode[] {
  const kinds = new Map<string, string>();
  for (const node of definitions) {
    if (isTypeDefinitionNode(node) && !kinds.has(node.name.value)) kinds.set(node.name.value, node.kind);
  }
  const seen = new Set<string>();
  return definitions.filter((node) => {
    if (isTypeDefinitionNode(node)) {
      if (BUILT_IN_SCALAR_NAMES.has(node.name.value) || seen.has(node.name.value)) return false;
      seen.add(node.name.value);
      return true;
    }
    return isTypeExtensionNode(node) && kinds.get(node.name.value) === node.kind.replace('Extension', 'Definition');
  });
}

function namesUsed(
  document: DocumentNode,
  defined: ReadonlySet<string | undefined>,
  problems: ProblemList,
): Set<string> {
  const names = new Set<string>();
  visit(document, {
    NamedType(node: NamedTypeNode) {
      names.add(node.name.value);
      // GraphQL's rules know these types, and would let them pass.
      if (!node.name.value.startsWith('__') || defined.has(node.name.value)) return;
      problems.add(node, `"${node.name.value}" belongs to introspection, not to events`, 'Use a type of your own.');
    },
  });
  return names;
}

/** Checks a parsed file by GraphQL's own rules and builds its types. */
export function readUserTypes(parsed: DocumentNode, problems: ProblemList): UserTypes {
  const base = new GraphQLSchema({ types: BUILT_IN_SCALARS });
  const kept = parsed.definitions.filter((node) => belongs(node, problems) && !isRedeclaration(node));
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: buildable(kept) };
  checkSdlRules({ kind: Kind.DOCUMENT, definitions: kept }, BUILT_IN_SCALARS, problems);

  const defined = new Set(document.definitions.map((node) => ('name' in node ? node.name?.value : undefined)));
  const unknown = new Set(
    [...namesUsed(document, defined, problems)].filter(
      (name) => !defined.has(name) && !BUILT_IN_SCALAR_NAMES.has(name),
    ),
  );
  const stubs = [...unknown].map((name) => `scalar ${name}`).join('\n');
  const definitions = [
    ...withoutUnreadableDirectives(document).definitions,
    ...(stubs === '' ? [] : parse(stubs, { noLocation: true }).definitions),
  ];
  const schema = extendSchema(base, { kind: Kind.DOCUMENT, definitions }, { assumeValidSDL: true, assumeValid: true });
  checkTypeRules(schema, unknown, problems);
  return { document, schema, unknown };
}
