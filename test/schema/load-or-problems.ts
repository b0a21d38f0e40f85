import { loadSchema } from '../../src/schema/load-schema.ts';
import { SchemaError, type SchemaProblem } from '../../src/schema/schema-error.ts';

/** The problems of a schema text; none when it loads. */
export function problemsOf(text: string): readonly SchemaProblem[] {
  try {
    loadSchema({ file: 'bad.graphql', text });
    return [];
  } catch (error) {
    if (error instanceof SchemaError) return error.problems;
    throw error;
  }
}
