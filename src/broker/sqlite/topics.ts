import type { Topic } from '../../routing/topic.ts';
import type { LogTopic } from './messages.ts';

/** What the log keeps of each topic. */
export function logTopics(topics: readonly Topic[]): readonly LogTopic[] {
  return topics.map(({ name, policy }) => {
    switch (policy.delivery) {
      case 'BUFFERED':
        return { name, retentionMs: policy.retentionMs, maxEvents: policy.maxEvents };
      case 'DURABLE':
        return { name, retentionMs: policy.retentionMs, maxEvents: undefined };
      case 'EPHEMERAL':
        throw new Error(`The topic ${name} is EPHEMERAL: the embedded log keeps BUFFERED and DURABLE topics.`);
      default:
        return policy satisfies never;
    }
  });
}
