import type { GatewaySchema } from '../schema/gateway-schema.ts';
import type { Output } from './io.ts';
import { readSchema } from './read-schema.ts';
import { reportSchemaProblems } from './report.ts';

/** The schema of a file; undefined after its problems were reported. */
export async function requireSchema(output: Output, path: string, folder: string): Promise<GatewaySchema | undefined> {
  const read = await readSchema(path, folder);
  switch (read.type) {
    case 'schema':
      return read.schema;
    case 'invalid':
      reportSchemaProblems(output, read.problems, read.source);
      return undefined;
    case 'unreadable':
      output.write(`${read.message}\n`);
      return undefined;
    default:
      return read satisfies never;
  }
}
