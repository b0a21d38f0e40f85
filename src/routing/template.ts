/** A piece of a template: text that stands as it is, or a place for a parameter. */
export type TemplatePart =
  | { readonly type: 'literal'; readonly text: string }
  | { readonly type: 'parameter'; readonly field: string; readonly argument: string };

/** A parsed topic template: literals of `[A-Za-z0-9_.:-]` with at least one between two parameters (design §8). */
export interface TopicTemplate {
  /** As written in the schema. */
  readonly text: string;
  readonly parts: readonly TemplatePart[];
}

/** What `parseTemplate` makes of a text; `message` and `fix` are for the schema's author. */
export type ParsedTemplate =
  | { readonly type: 'template'; readonly template: TopicTemplate }
  | { readonly type: 'invalid'; readonly message: string; readonly fix: string };

const NAME = '[_A-Za-z][_0-9A-Za-z]*';
const PARAMETER = new RegExp(`^(${NAME})(?: as (${NAME}))?$`);
const NOT_LITERAL = /[^A-Za-z0-9_.:-]/u;

function invalid(message: string, fix: string): ParsedTemplate {
  return { type: 'invalid', message, fix };
}

function parseParts(text: string): TemplatePart[] | ParsedTemplate {
  const parts: TemplatePart[] = [];
  // A capturing split alternates: text outside braces at even places, text inside them at odd ones.
  for (const [place, piece] of text.split(/\{([^{}]*)\}/).entries()) {
    if (place % 2 === 1) {
      const match = PARAMETER.exec(piece);
      if (match?.[1] === undefined) {
        return invalid(
          `"{${piece}}" is not a parameter`,
          'Write {field} or {field as argument}, with names of letters, digits and _.',
        );
      }
      parts.push({ type: 'parameter', field: match[1], argument: match[2] ?? match[1] });
    } else if (piece !== '') {
      const wrong = NOT_LITERAL.exec(piece)?.[0];
      if (wrong === '{' || wrong === '}') {
        return invalid(`"${wrong}" has no partner in "${text}"`, 'Write each parameter as {field}.');
      }
      if (wrong !== undefined) {
        return invalid(
          `${JSON.stringify(wrong)} cannot stand in a topic name`,
          'Use letters, digits, "_", ".", ":" and "-", and {field} for a parameter.',
        );
      }
      parts.push({ type: 'literal', text: piece });
    }
  }
  return parts;
}

/** Reads the `name` of a `@topic` (design §8). Whether the fields exist is the schema's business. */
export function parseTemplate(text: string): ParsedTemplate {
  if (text === '') return invalid('the topic name is empty', 'Give it a name, for example "quakes.{network}".');
  const parts = parseParts(text);
  if (!Array.isArray(parts)) return parts;
  const fields = new Set<string>();
  const names = new Set<string>();
  for (const [place, part] of parts.entries()) {
    if (part.type === 'literal') continue;
    if (parts[place - 1]?.type === 'parameter') {
      return invalid(
        `nothing separates {${part.field}} from the parameter before it`,
        `Put a literal between them, best a ".", as in ".{${part.field}}".`,
      );
    }
    if (fields.has(part.field)) {
      return invalid(`the field "${part.field}" stands twice in the topic name`, 'Name each field once.');
    }
    if (names.has(part.argument)) {
      return invalid(
        `two parameters have the argument "${part.argument}"`,
        `Rename one of them: {${part.field} as anotherName}.`,
      );
    }
    fields.add(part.field);
    names.add(part.argument);
  }
  return { type: 'template', template: { text, parts } };
}
