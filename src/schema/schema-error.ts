/** One mistake in a schema file, with all that its author needs to mend it. */
export interface SchemaProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** The offending piece of the file, one line at most. */
  readonly text: string;
  /** What is wrong. */
  readonly message: string;
  /** What to write instead. */
  readonly fix: string;
}

/** A schema file that cannot be served; carries every problem, not only the first, in the order of the file. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
  readonly problems: readonly SchemaProblem[];

  constructor(problems: readonly SchemaProblem[]) {
    super(`${problems.length} problem(s) in the schema`);
    this.problems = problems;
  }
}
