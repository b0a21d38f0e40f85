import { StartError } from '../error/start-error.ts';
import { SchemaError } from '../schema/schema-error.ts';

/** What the operator must mend, a sentence or two each; undefined for an error that is a bug. */
export function problemsOf(error: unknown): readonly string[] | undefined {
  if (error instanceof StartError) return error.problems;
  if (error instanceof SchemaError) {
    return error.problems.map(({ file, line, column, message, fix }) => `${file}:${line}:${column} ${message}. ${fix}`);
  }
  return undefined;
}
