import assert from 'node:assert/strict';
import type { History, ReadLimits } from '../../../src/broker/history.ts';
import { createRedisStreamsBroker } from '../../../src/broker/redis-streams/broker.ts';
import { positionAfter } from '../../../src/fanout/position-after.ts';
import type { StreamPosition } from '../../../src/routing/position.ts';
import type { TopicInstance } from '../../../src/routing/topic.ts';
import { type RedisRow, type RedisRowOptions, startRedisRow } from '../redis/redis-row.ts';
import { bufferedTopics } from '../topics.ts';

export const LARGE: ReadLimits = { maxRecords: 10_000, maxBytes: 4_194_304 };

export const start = (options: RedisRowOptions = {}): Promise<RedisRow> =>
  startRedisRow(createRedisStreamsBroker, bufferedTopics, options);

/** One stream as its history shows it. */
export class StreamProbe {
  readonly row: RedisRow;
  readonly key: TopicInstance;
  readonly companion: string;
  readonly history: History;

  constructor(row: RedisRow, word: string) {
    this.row = row;
    this.key = row.instance(word);
    this.companion = `sluice:{${this.key}}`;
    const { history } = row.broker;
    assert.ok(history);
    this.history = history;
  }

  get stream(): ReturnType<RedisRow['broker']['stream']> {
    return this.row.broker.stream(this.row.topic, this.key);
  }

  /** Publishes each and gives the place behind the last. */
  async publish(...values: string[]): Promise<StreamPosition> {
    let position: StreamPosition | undefined;
    for (const value of values) {
      const outcome = await this.row.publish(this.key, value);
      assert.ok(outcome.type === 'acknowledged' && outcome.position?.type === 'redis-stream', outcome.type);
      const { epoch, id, ordinal } = outcome.position;
      position = { log: epoch, partitions: [{ type: 'redis-stream', id, ordinal }] };
    }
    assert.ok(position);
    return position;
  }

  /** As a plain writer does. */
  add(id: string, value: string): Promise<string> {
    return this.row.server.cli('XADD', this.key, id, 'data', value);
  }

  async locate(type: 'earliest' | 'latest'): Promise<StreamPosition> {
    const answer = await this.history.locate(this.stream, { type });
    assert.ok(answer.type === 'located', JSON.stringify(answer));
    return answer.position;
  }

  /** `valid`, the reason why not, or `unavailable`. */
  async resume(position: StreamPosition): Promise<string> {
    const answer = await this.history.resume(this.stream, position);
    return answer.type === 'expired' ? answer.reason : answer.type;
  }

  /** All values behind a position, `limits` a chunk; the reason when it has expired. */
  async read(position: StreamPosition, limits: ReadLimits = LARGE): Promise<readonly string[] | string> {
    const values: string[] = [];
    for (let [place] = position.partitions; place !== undefined; ) {
      const chunk = await this.history.read(this.stream, 0, position.log, place, limits);
      if (chunk.type !== 'chunk') return chunk.reason;
      for (const record of chunk.records) {
        values.push(String(record.value));
        assert.deepEqual(record.position && 'epoch' in record.position && record.position.epoch, position.log);
      }
      const last = chunk.records.at(-1);
      if (last !== undefined && !chunk.atEnd) assert.deepEqual(chunk.next, positionAfter(last));
      if (chunk.atEnd) return values;
      place = chunk.next;
    }
    return values;
  }
}

/** Id and ordinal of a position. */
export function placeIn({ partitions: [place] }: StreamPosition): readonly [id: string, ordinal: number] {
  assert.ok(place?.type === 'redis-stream');
  return [place.id, place.ordinal];
}
