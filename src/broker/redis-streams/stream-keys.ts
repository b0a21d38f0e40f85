import type { TopicInstance } from '../../routing/topic.ts';

/** The names of one topic instance on Redis. */
export interface StreamKeys {
  readonly stream: string;
  /** The channel of the pushes and the key of what Sluice knows about the stream. */
  readonly companion: string;
}

/** `prefix` stands before both. The braces keep the companion in the stream's slot on a Cluster. */
export function streamKeys(instance: TopicInstance, prefix: string): StreamKeys {
  const stream = prefix + instance;
  return { stream, companion: `${prefix}sluice:{${stream}}` };
}
