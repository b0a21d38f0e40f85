import { readFile } from 'node:fs/promises';
import type { GatewaySchema } from '../schema/gateway-schema.ts';
import { loadSchema } from '../schema/load-schema.ts';
import { SchemaError, type SchemaProblem } from '../schema/schema-error.ts';
import { shownPath } from './shown-path.ts';

/** A schema file as a command finds it. */
export type ReadSchema =
  | { readonly type: 'schema'; readonly schema: GatewaySchema; readonly file: string }
  /** `source` is the text of the file. */
  | { readonly type: 'invalid'; readonly problems: readonly SchemaProblem[]; readonly source: string }
  | { readonly type: 'unreadable'; readonly message: string };

/** Reads and checks a schema file; its name is shown relative to the current folder where it lies inside. */
export async function readSchema(path: string, folder: string): Promise<ReadSchema> {
  const file = shownPath(path, folder);
  let source: string;
  try {
    source = await readFile(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      type: 'unreadable',
      message: `The schema file ${file} cannot be read: ${reason}. Name another with --schema FILE.`,
    };
  }
  try {
    return { type: 'schema', schema: loadSchema({ file, text: source }), file };
  } catch (error) {
    if (error instanceof SchemaError) return { type: 'invalid', problems: error.problems, source };
    throw error;
  }
}
