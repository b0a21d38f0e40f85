import type { Topic } from '../routing/topic.ts';

/** What the gateway asks of a topic; to write it must also be allowed to describe it. */
const OPERATIONS = ['Describe', 'DescribeConfigs', 'Read', 'Write'];

/** The arguments of kafka-acls.sh, one list a call, that let a user do what the gateway does with its topics. */
export function kafkaAclArguments(
  topics: readonly Topic[],
  user: string,
  createTopics: boolean,
): readonly (readonly string[])[] {
  const policies = topics.flatMap(({ policy }) => (policy.delivery === 'DURABLE' ? [policy] : []));
  if (policies.length === 0) return [];
  const principal = ['--add', '--allow-principal', `User:${user}`];
  const operations = createTopics ? [...OPERATIONS, 'Create'] : OPERATIONS;
  const call = [
    ...principal,
    ...operations.flatMap((operation) => ['--operation', operation]),
    ...policies.flatMap(({ kafkaTopic }) => ['--topic', kafkaTopic]),
  ];
  // A topic without a number of partitions is created with the broker's own default, which has to be asked for.
  const asksBroker = createTopics && policies.some(({ partitions }) => partitions === undefined);
  return asksBroker ? [call, [...principal, '--operation', 'DescribeConfigs', '--cluster']] : [call];
}
