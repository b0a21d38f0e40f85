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
