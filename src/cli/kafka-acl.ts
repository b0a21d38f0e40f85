import type { Topic } from '../routing/topic.ts';

/** What the gateway asks of a topic; to write it must also be allowed to describe it. */
const OPERATIONS = ['Describe', 'DescribeConfigs', 'Read', 'Write'];

/** The arguments of kafka-acls.sh, one list a call, that let a user do what the gateway does with its topics. */
export function kafkaAclArguments(
  topics: readonly Topic[],
  user: string,
  createTopics: boolean,
): readonly (readonly string[])[] {
  const principal = ['--add', '--allow-principal', `User:${user}`];
  const calls: (readonly string[])[] = [];
  let brokerDefault = false;
  for (const { policy } of topics) {
    if (policy.delivery !== 'DURABLE') continue;
    brokerDefault ||= policy.partitions === undefined;
    const operations = createTopics ? [...OPERATIONS, 'Create'] : OPERATIONS;
    calls.push([
      ...principal,
      ...operations.flatMap((operation) => ['--operation', operation]),
      '--topic',
      policy.kafkaTopic,
    ]);
  }
  // A topic without a number of partitions is created with the broker's own default, which has to be asked for.
  if (createTopics && brokerDefault) calls.push([...principal, '--operation', 'DescribeConfigs', '--cluster']);
  return calls;
}
