import type { Topic, TopicInstance, TopicName } from '../../routing/topic.ts';
import type { Stream, StreamId } from '../stream.ts';

/** The stream of one instance in a broker inside this process. */
export function instanceStreamId(instance: TopicInstance): StreamId {
  return `one:${instance}` as StreamId;
}

/** The stream of all instances of a topic. The prefix keeps it apart from the instance of a topic without parameters, whose text is the same. */
export function topicStreamId(topic: TopicName): StreamId {
  return `all:${topic}` as StreamId;
}

/** The streams of a broker inside this process: one per instance, and one per topic for its wildcard. */
export function localStream(topic: Topic, instance: TopicInstance | undefined): Stream {
  const id = instance === undefined ? topicStreamId(topic.name) : instanceStreamId(instance);
  return { id, topic, instance };
}
