import { brokerNames } from '../broker/broker-names.ts';
import { type RouteRow, routeTable } from '../routing/route-table.ts';
import { withTopicPrefix } from '../schema/topic-prefix.ts';
import type { Command, Invocation } from './command.ts';
import { durationText } from './duration-text.ts';
import { EXIT_CODES } from './exit-code.ts';
import { readSettings } from './read-settings.ts';
import { requireSchema } from './require-schema.ts';
import { table } from './table.ts';

const HEADER = ['TOPIC', 'TYPE', 'DELIVERY', 'BROKER', 'CHANNEL, STREAM OR KAFKA TOPIC', 'PARTITIONS', 'RETENTION'];

/** `sluice topics`. */
export const topics: Command = {
  name: 'topics',
  operands: '',
  summary: 'Show on which broker, and under which name, each topic lives.',
  description: [
    'What is left to the broker is shown as -. A * in a channel or stream name stands for the values of the parameters. Brokers are not contacted.',
  ],
  flags: [{ name: 'json', placeholder: '', help: 'Print one JSON object a line; durations are in milliseconds.' }],
  settings: true,
  examples: ['sluice topics', 'sluice topics --redis-url redis://localhost --kafka-brokers localhost:9092 --json'],
  exitCodes: [
    [0, 'shown'],
    [1, 'the schema has problems'],
    [2, 'wrong usage or configuration'],
  ],
  async run(invocation: Invocation): Promise<number> {
    const { flags, folder, io } = invocation;
    const config = readSettings(invocation, 'topics');
    if (config === undefined) return EXIT_CODES.usage;
    const schema = await requireSchema(io.stderr, config.schemaFile, folder);
    if (schema === undefined) return EXIT_CODES.failed;
    const names = brokerNames(config);
    const rows = routeTable(
      withTopicPrefix(schema, config.kafka?.topicPrefix).topics.map((api) => api.topic),
      {
        EPHEMERAL: { broker: names.EPHEMERAL },
        BUFFERED: { broker: names.BUFFERED },
        DURABLE: { broker: names.DURABLE },
      },
    ).map((row) =>
      row.broker.startsWith('redis') ? { ...row, address: (config.redis?.prefix ?? '') + row.address } : row,
    );
    if (flags.values.has('json')) for (const row of rows) io.stdout.write(`${JSON.stringify(row)}\n`);
    else io.stdout.write(table([HEADER, ...rows.map(cells)]));
    return EXIT_CODES.ok;
  },
};

function cells(row: RouteRow): readonly string[] {
  return [
    row.topic,
    row.type,
    row.delivery,
    row.broker,
    row.address,
    row.partitions?.toString() ?? '-',
    retentionText(row),
  ];
}

function retentionText({ retention, maxEvents }: RouteRow): string {
  const bounds = [
    ...(retention === undefined ? [] : [durationText(retention)]),
    ...(maxEvents === undefined ? [] : [`${maxEvents} events`]),
  ];
  return bounds.length === 0 ? '-' : bounds.join(', ');
}
