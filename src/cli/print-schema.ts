import { printGatewaySchema } from '../schema/print-schema.ts';
import type { Command, Invocation } from './command.ts';
import { EXIT_CODES } from './exit-code.ts';
import { readSettings } from './read-settings.ts';
import { requireSchema } from './require-schema.ts';

/** `sluice print-schema`. */
export const printSchema: Command = {
  name: 'print-schema',
  operands: '',
  summary: 'Print the GraphQL API that clients get from the schema file.',
  description: [
    'The output is the SDL for clients and code generators: your types, and the operations, inputs and filters derived from them.',
  ],
  flags: [],
  settings: true,
  examples: ['sluice print-schema', 'sluice print-schema --schema my.graphql > api.graphql'],
  exitCodes: [
    [0, 'printed'],
    [1, 'the schema has problems'],
    [2, 'wrong usage or configuration'],
  ],
  async run(invocation: Invocation): Promise<number> {
    const { folder, io } = invocation;
    const config = readSettings(invocation, 'print-schema');
    if (config === undefined) return EXIT_CODES.usage;
    const schema = await requireSchema(io.stderr, config.schemaFile, folder);
    if (schema === undefined) return EXIT_CODES.failed;
    io.stdout.write(`${printGatewaySchema(schema).trimEnd()}\n`);
    return EXIT_CODES.ok;
  },
};
