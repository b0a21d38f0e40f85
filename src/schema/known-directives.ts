import { type ASTNode, type DirectiveNode, type DocumentNode, Kind, visit } from 'graphql';
import type { ProblemList } from './problem-list.ts';
import { suggestion } from './suggestion.ts';

interface KnownDirective {
  /** Kinds of nodes it may stand on, and what people call them. */
  readonly places: readonly Kind[];
  readonly where: string;
  readonly arguments: readonly string[];
  readonly required: readonly { readonly name: string; readonly example: string }[];
}

const DIRECTIVES: ReadonlyMap<string, KnownDirective> = new Map<string, KnownDirective>([
  [
    'topic',
    {
      places: [
        Kind.OBJECT_TYPE_DEFINITION,
        Kind.OBJECT_TYPE_EXTENSION,
        Kind.INTERFACE_TYPE_DEFINITION,
        Kind.INTERFACE_TYPE_EXTENSION,
        Kind.UNION_TYPE_DEFINITION,
        Kind.UNION_TYPE_EXTENSION,
      ],
      where: 'an object, interface or union type',
      arguments: [
        'name',
        'delivery',
        'key',
        'placement',
        'partitions',
        'retention',
        'maxEvents',
        'foreignWriters',
        'wildcard',
        'discriminator',
        'kafkaTopic',
        'subscription',
        'mutation',
        'query',
      ],
      required: [
        { name: 'name', example: 'name: "quakes.{network}"' },
        { name: 'delivery', example: 'delivery: EPHEMERAL, BUFFERED or DURABLE' },
      ],
    },
  ],
  [
    'event',
    {
      places: [Kind.OBJECT_TYPE_DEFINITION, Kind.OBJECT_TYPE_EXTENSION],
      where: 'an object type that is a member of a topic',
      arguments: ['value'],
      required: [{ name: 'value', example: 'value: "order.placed"' }],
    },
  ],
  [
    'deprecated',
    {
      places: [Kind.FIELD_DEFINITION, Kind.ENUM_VALUE_DEFINITION],
      where: 'a field or an enum value',
      arguments: ['reason'],
      required: [],
    },
  ],
  [
    'specifiedBy',
    {
      places: [Kind.SCALAR_TYPE_DEFINITION, Kind.SCALAR_TYPE_EXTENSION],
      where: 'a scalar type',
      arguments: ['url'],
      required: [{ name: 'url', example: 'url: "https://…"' }],
    },
  ],
]);

function checkDirective(directive: DirectiveNode, place: ASTNode, problems: ProblemList): void {
  const name = directive.name.value;
  const known = DIRECTIVES.get(name);
  if (known === undefined) {
    problems.add(
      directive,
      `"@${name}" is not a directive that Sluice knows`,
      `${suggestion(name, DIRECTIVES.keys())}Write @topic or @event, or remove it.`,
    );
    return;
  }
  if (!known.places.includes(place.kind)) {
    problems.add(directive, `"@${name}" cannot stand here`, `Put it on ${known.where}.`);
    return;
  }
  if (STANDARD.includes(name)) checkStandard(directive, problems);
  for (const argument of directive.arguments ?? []) {
    const given = argument.name.value;
    if (known.arguments.includes(given)) continue;
    problems.add(
      argument,
      `"@${name}" has no argument "${given}"`,
      `${suggestion(given, known.arguments)}Its arguments are ${known.arguments.join(', ')}.`,
    );
  }
  for (const { name: missing, example } of known.required) {
    if (directive.arguments?.some((argument) => argument.name.value === missing)) continue;
    problems.add(directive, `"@${name}" lacks the argument "${missing}"`, `Add ${example}.`);
  }
}

/** GraphQL's own two, whose arguments are read by graphql-js, which throws where they are not texts. */
const STANDARD: readonly string[] = ['deprecated', 'specifiedBy'];

function checkStandard(directive: DirectiveNode, problems: ProblemList): void {
  for (const { name, value } of directive.arguments ?? []) {
    if (value.kind === Kind.STRING) continue;
    problems.add(value, `"${name.value}" must be a text in quotes`, `Write ${name.value}: "…".`);
  }
}

/** The document without those standard directives that graphql-js could not read. `checkDirectives` reports them. */
export function withoutUnreadableDirectives(document: DocumentNode): DocumentNode {
  return visit(document, {
    Directive(node) {
      const known = DIRECTIVES.get(node.name.value);
      if (known === undefined || !STANDARD.includes(node.name.value)) return undefined;
      const given = node.arguments ?? [];
      const isComplete = known.required.every(({ name }) => given.some((argument) => argument.name.value === name));
      return isComplete && given.every(({ value }) => value.kind === Kind.STRING) ? undefined : null;
    },
  });
}

/** Checks every applied directive of a document: known, in its place, with known arguments and the required ones. */
export function checkDirectives(document: DocumentNode, problems: ProblemList): void {
  visit(document, {
    enter(node) {
      if (!('directives' in node)) return;
      for (const directive of node.directives ?? []) checkDirective(directive, node, problems);
    },
  });
}
