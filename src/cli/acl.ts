import { withTopicPrefix } from '../schema/topic-prefix.ts';
import type { Command, Invocation } from './command.ts';
import { EXIT_CODES } from './exit-code.ts';
import { kafkaAclArguments } from './kafka-acl.ts';
import { readSettings } from './read-settings.ts';
import { redisAclRules } from './redis-acl.ts';
import { requireSchema } from './require-schema.ts';
import { shellQuote } from './shell-quote.ts';

const USER = 'sluice';

/** `sluice acl`. */
export const acl: Command = {
  name: 'acl',
  operands: '',
  summary: 'Print the least rights on Redis and Kafka that it needs.',
  description: [
    'For the topics of the schema, with the prefixes of the settings: commands to paste into a shell, where redis-cli and kafka-acls.sh know how to reach the brokers. ' +
      'The user is the one of the settings, or sluice. Brokers are not contacted.',
  ],
  flags: [],
  settings: true,
  examples: ['sluice acl --schema my.graphql --redis-url redis://localhost --kafka-brokers localhost:9092'],
  exitCodes: [
    [0, 'printed'],
    [1, 'the schema has problems'],
    [2, 'wrong usage or configuration, or there is neither a Redis nor a Kafka'],
  ],
  async run(invocation: Invocation): Promise<number> {
    const { folder, io } = invocation;
    const config = readSettings(invocation, 'acl');
    if (config === undefined) return EXIT_CODES.usage;
    const { redis, kafka, createTopics } = config;
    if (redis === undefined && kafka === undefined) {
      io.stderr.write('There is neither a Redis nor a Kafka. Name them with their settings, such as --redis-url.\n');
      return EXIT_CODES.usage;
    }
    const schema = await requireSchema(io.stderr, config.schemaFile, folder);
    if (schema === undefined) return EXIT_CODES.failed;
    const topics = withTopicPrefix(schema, kafka?.topicPrefix).topics.map(({ topic }) => topic);
    if (redis !== undefined) {
      const urlUser = 'url' in redis ? URL.parse(redis.url)?.username : undefined;
      const user = redis.username ?? (urlUser === undefined || urlUser === '' ? USER : decodeURIComponent(urlUser));
      const words = ['redis-cli', 'ACL', 'SETUSER', user, 'on', '>PASSWORD', ...redisAclRules(topics, redis)];
      const where = 'cluster' in redis ? ', on every node of the Cluster' : '';
      io.stdout.write(`# Redis 7.0 or later${where}; put the password in the place of PASSWORD.\n`);
      io.stdout.write(`${words.map(shellQuote).join(' ')}\n`);
    }
    if (kafka !== undefined) {
      io.stdout.write('# Kafka 3.1 or later.\n');
      for (const call of kafkaAclArguments(topics, kafka.sasl?.username ?? USER, createTopics)) {
        const words = ['kafka-acls.sh', '--bootstrap-server', kafka.brokers.join(','), ...call];
        io.stdout.write(`${words.map(shellQuote).join(' ')}\n`);
      }
    }
    return EXIT_CODES.ok;
  },
};
