import type { LiveStream } from './live-stream.ts';
import { type BusyStream, type OpenTopic, sumOf } from './stream-reading.ts';

/** A stream that was opened just now would seem to be fast. In milliseconds. */
const SHORTEST_AGE_MS = 1_000;

/** The streams with most records a second, at most `limit`. `now` is monotonic milliseconds. */
export function busiestStreams(streams: Iterable<LiveStream>, now: number, limit: number): readonly BusyStream[] {
  const rated = [...streams].map((live) => ({ live, rate: rateOf(live, now) }));
  rated.sort((one, other) => other.rate - one.rate);
  return rated.slice(0, limit).map(({ live, rate }) => ({
    topic: live.metrics.topic,
    delivery: live.metrics.delivery,
    stream: live.stream.instance ?? live.stream.topic.name,
    recordsPerSecond: Math.round(rate * 10) / 10,
    ...live.reading(),
  }));
}

/** What is open, summed by topic. */
export function openTopics(streams: Iterable<LiveStream>): readonly OpenTopic[] {
  const topics = new Map<string, OpenTopic>();
  for (const live of streams) {
    const { topic, delivery } = live.metrics;
    const sum = topics.get(topic);
    const reading = live.reading();
    topics.set(topic, { topic, delivery, streams: (sum?.streams ?? 0) + 1, ...sumOf(sum, reading) });
  }
  return [...topics.values()];
}

function rateOf({ records, openedAt }: LiveStream, now: number): number {
  return (records * 1000) / Math.max(SHORTEST_AGE_MS, now - openedAt);
}
