import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Broker } from '../../../src/broker/port.ts';
import type { Stream } from '../../../src/broker/stream.ts';
import { comparePositions, type StreamPosition } from '../../../src/routing/position.ts';
import { eventually } from '../../support/eventually.ts';
import { type KafkaServer, startKafkaServer } from '../../support/kafka-server.ts';
import { text } from '../collector.ts';
import { instanceOf } from '../topics.ts';
import {
  hasExpired,
  historyOf,
  LIMITS,
  locate,
  offsets,
  placeAt,
  readBackToStart,
  readOnce,
  readToEnd,
} from './history-fixture.ts';
import { attachedTrack, durableTopic, openKafkaBroker, publishTo } from './kafka-fixture.ts';
import { SecondClient } from './second-client.ts';

const anew = durableTopic('anew', { partitions: 1 });
const passed = durableTopic('passed', { partitions: 1 });
const grown = durableTopic('grown', { partitions: undefined });
const ending = durableTopic('ending', { partitions: 1 });
const open = durableTopic('open', { partitions: 1 });
const holes = durableTopic('holes', { partitions: 1 });
const sizes = durableTopic('sizes', { partitions: 1 });
const placed = durableTopic('placed', { partitions: 3, placement: 'KEY' });
const shared = durableTopic('shared', { partitions: 1, placement: 'KEY' });
const topics = [anew, passed, ending, open, holes, sizes, placed, shared];

const earliest = { type: 'earliest' } as const;
const latest = { type: 'latest' } as const;

describe('the history of a real Kafka', { concurrency: false }, () => {
  let server: KafkaServer;
  let client: SecondClient;
  let broker: Broker;

  before(
    async () => {
      server = await startKafkaServer({ proxy: true });
      client = new SecondClient(server.brokers);
      await server.topics('--create', '--topic', 'grown', '--partitions', '3');
      broker = await openKafkaBroker(server.proxied, [...topics, grown]);
    },
    { timeout: 180_000 },
  );
  after(async () => {
    await broker?.close();
    await client?.close();
    await server?.stop();
  });

  async function publishAll(topic: typeof anew, values: readonly string[]): Promise<void> {
    for (const value of values) assert.equal((await publishTo(broker, topic, 'a', value)).type, 'acknowledged');
  }

  /** Waits until the log is committed up to an offset: markers are written after the end of their transaction was acknowledged. */
  function committedTo(stream: Stream, offset: bigint): Promise<StreamPosition> {
    return eventually(
      async () => {
        const end = await locate(broker, stream, latest);
        return offsets(end)[0] === offset ? end : undefined;
      },
      { what: `the last stable offset ${offset}` },
    );
  }

  test('F14: a topic made anew while it is read has expired at the next chunk, and no record of the new one comes', async () => {
    const stream = broker.stream(anew, undefined);
    await publishAll(anew, ['{"old":0}', '{"old":1}', '{"old":2}', '{"old":3}']);
    const start = await locate(broker, stream, earliest);
    const chunk = await readOnce(broker, stream, start, { limits: { ...LIMITS, maxRecords: 2 } });
    assert.deepEqual(chunk.records.map(text), ['{"old":0}', '{"old":1}']);
    await client.recreate('anew', 1);
    for (let n = 0; n < 8; n++) await client.write('anew', 'a', Buffer.from(`{"new":${n}}`));
    const next = await historyOf(broker).read(stream, 0, start.log, chunk.next, LIMITS);
    assert.ok(next.type === 'expired', next.type);
    assert.equal(next.reason, 'recreated');
    const oldest = await hasExpired(broker, stream, { log: start.log, partitions: [chunk.next] }, 'recreated');
    assert.equal((await readToEnd(broker, stream, oldest)).texts.length, 8);
  });

  test('F15: records deleted in the midst of a replay are told as trimmed, and the offset does not jump', async () => {
    const stream = broker.stream(passed, undefined);
    await publishAll(
      passed,
      [0, 1, 2, 3, 4, 5, 6, 7].map((n) => `{"n":${n}}`),
    );
    const start = await locate(broker, stream, earliest);
    const chunk = await readOnce(broker, stream, start, { limits: { ...LIMITS, maxRecords: 3 } });
    const place: StreamPosition = { log: start.log, partitions: [chunk.next] };
    await client.deleteRecords('passed', 0, 3n);
    assert.deepEqual((await readToEnd(broker, stream, place)).texts.length, 5, 'what follows is all there');
    await client.deleteRecords('passed', 0, 5n);
    const oldest = await hasExpired(broker, stream, place, 'trimmed');
    assert.deepEqual(offsets(oldest), [5n]);
    assert.deepEqual((await readToEnd(broker, stream, oldest)).texts, ['{"n":5}', '{"n":6}', '{"n":7}']);
  });

  test('F17: a position of 3 partitions goes on in 6, the added ones from their first record, and an open tail knows them by then', async () => {
    const stream = broker.stream(grown, undefined);
    const track = await attachedTrack(broker, stream);
    await client.write('grown', 'old', Buffer.from('{"seen":true}'), { partition: 0 });
    await track.collector.sees('{"seen":true}');
    const position = { log: (await locate(broker, stream, latest)).log, partitions: [...track.reached] };
    assert.equal(position.partitions.length, 3);
    await server.topics('--alter', '--topic', 'grown', '--partitions', '6');
    // A client of its own: one that knows the topic already writes nothing to a partition that it does not know.
    const late = new SecondClient(server.brokers);
    await late.write('grown', 'new', Buffer.from('{"new":5}'), { partition: 5 });
    await late.close();
    await client.write('grown', 'old', Buffer.from('{"old":0}'), { partition: 0 });
    const resumed = await eventually(async () => {
      const answer = await historyOf(broker).resume(stream, position);
      assert.ok(answer.type === 'valid', answer.type);
      assert.equal(track.reached.length, answer.position.partitions.length, 'the tail and history agree at any time');
      return answer.position.partitions.length === 6 ? answer.position : undefined;
    });
    assert.deepEqual(offsets(resumed), [...offsets(position), 0n, 0n, 0n]);
    const { texts, end } = await readToEnd(broker, stream, resumed);
    assert.deepEqual(texts, ['{"old":0}', '{"new":5}']);
    await track.collector.sees('{"new":5}');
    await track.collector.sees('{"old":0}');
    assert.deepEqual(offsets(end), offsets({ log: end.log, partitions: track.reached }));
    assert.deepEqual(
      track.collector.positions.map(({ partitions }) => partitions.length),
      [3, 6],
    );
    const tooMany = { ...resumed, partitions: [...resumed.partitions, placeAt(resumed, 5)] };
    await hasExpiredInvalid(tooMany);
    track.collector.close();

    async function hasExpiredInvalid(forged: StreamPosition): Promise<void> {
      const answer = await historyOf(broker).resume(stream, forged);
      assert.ok(answer.type === 'expired' && answer.reason === 'invalid', answer.type);
    }
  });

  test('hand-over: behind an aborted transaction at the end of the log a reader and a tail stand at the same place', async () => {
    const stream = broker.stream(ending, undefined);
    const track = await attachedTrack(broker, stream);
    await publishAll(ending, ['{"n":0}', '{"n":1}']);
    await track.collector.sees('{"n":1}');
    const producer = await client.transactional('ending');
    for (const fate of ['abort', 'commit', 'abort'] as const) {
      const transaction = await producer.transaction();
      for (const n of [0, 1, 2]) {
        await transaction.send({ topic: 'ending', messages: [{ key: 'a', value: `{"${fate}":${n}}` }] });
      }
      await transaction[fate]();
    }
    await producer.disconnect();
    // Two events, and three transactions of three records and a marker.
    await committedTo(stream, 14n);
    const { texts, end } = await readToEnd(broker, stream, await locate(broker, stream, earliest));
    assert.deepEqual(texts, ['{"n":0}', '{"n":1}', '{"commit":0}', '{"commit":1}', '{"commit":2}']);
    await eventually(
      () => comparePositions(placeAt(end, 0), placeAt({ log: end.log, partitions: track.reached }, 0)) === 0,
      {
        what: 'the tail coming to where the reader stands',
      },
    );
    assert.ok(track.advances() > 0);
    assert.deepEqual(offsets(await locate(broker, stream, latest)), offsets(end));
    assert.deepEqual(track.collector.texts(), texts);
    const again = await attachedTrack(broker, stream);
    assert.deepEqual(offsets({ log: end.log, partitions: again.reached }), offsets(end), 'a new tail begins there too');
    for (const { collector } of [track, again]) collector.close();
  });

  test('F41: reading ends before an open transaction and goes on behind it when it is over', async () => {
    const stream = broker.stream(open, undefined);
    await publishAll(open, ['{"n":0}']);
    const producer = await client.transactional('open');
    const transaction = await producer.transaction();
    await transaction.send({ topic: 'open', messages: [{ key: 'a', value: '{"open":1}' }] });
    await publishAll(open, ['{"n":2}']);
    const before = await readToEnd(broker, stream, await locate(broker, stream, earliest));
    assert.deepEqual([before.texts, offsets(before.end)], [['{"n":0}'], [1n]]);
    assert.deepEqual(offsets(await locate(broker, stream, latest)), [1n]);
    assert.deepEqual(offsets(await locate(broker, stream, { type: 'time', time: Date.now() + 60_000 })), [1n]);
    await transaction.commit();
    await producer.disconnect();
    const { texts } = await eventually(async () => {
      const behind = await readToEnd(broker, stream, before.end);
      return behind.texts.length > 0 ? behind : undefined;
    });
    assert.deepEqual(texts, ['{"open":1}', '{"n":2}']);
  });

  test('chunks of any size, forwards and backwards, step over aborted transactions and lose nothing', async () => {
    const stream = broker.stream(holes, undefined);
    const producer = await client.transactional('holes');
    const expected: string[] = [];
    for (let n = 0; n < 12; n++) {
      const transaction = await producer.transaction();
      const messages = Array.from({ length: n * 3 }, (_, i) => ({ key: 'a', value: `{"transaction":${n},"i":${i}}` }));
      if (messages.length > 0) await transaction.send({ topic: 'holes', messages });
      if (n % 3 === 0) {
        expected.push(...messages.map(({ value }) => value));
        await transaction.commit();
      } else {
        await transaction.abort();
      }
      await publishAll(holes, [`{"plain":${n}}`]);
      expected.push(`{"plain":${n}}`);
    }
    await producer.disconnect();
    const start = await locate(broker, stream, earliest);
    // 12 plain events, 198 records in transactions, and the markers of the 11 that had records.
    const end = await committedTo(stream, 221n);
    for (const maxRecords of [1, 2, 7, 40, 1_000]) {
      const limits = { ...LIMITS, maxRecords };
      const forwards = await readToEnd(broker, stream, start, limits);
      assert.deepEqual(forwards.texts, expected, `forwards by ${maxRecords}`);
      assert.deepEqual(offsets(forwards.end), offsets(end));
      const backwards = await readBackToStart(broker, stream, end, limits);
      assert.deepEqual(backwards.map(text), expected, `backwards by ${maxRecords}`);
    }
  });

  test('F19: a record larger than a read may bring comes alone, in both directions', async () => {
    const stream = broker.stream(sizes, undefined);
    const large = JSON.stringify({ filler: 'x'.repeat(700_000) });
    const values = ['{"n":0}', large, '{"n":1}', large, large, '{"n":2}'];
    await publishAll(sizes, values);
    const limits = { maxRecords: 1_000, maxBytes: 2_000 };
    const { texts, end } = await readToEnd(broker, stream, await locate(broker, stream, earliest), limits);
    assert.deepEqual(texts, values);
    assert.deepEqual((await readBackToStart(broker, stream, end, limits)).map(text), values);
  });

  test('placement KEY: the positions of an instance have one place, that of its partition', async () => {
    const ids = ['a', 'b', 'c', 'd'];
    for (const id of ids) await publishTo(broker, placed, id, JSON.stringify({ id }));
    const partitions = new Set<number | undefined>();
    for (const id of ids) {
      const stream = broker.stream(placed, instanceOf(placed, id));
      partitions.add(stream.partition);
      const start = await locate(broker, stream, earliest);
      assert.equal(start.partitions.length, 1);
      const { texts, records, end } = await readToEnd(broker, stream, start);
      assert.ok(texts.includes(JSON.stringify({ id })));
      for (const { position } of records) {
        assert.ok(
          position?.type === 'kafka' && position.partition === stream.partition,
          'records name their partition',
        );
      }
      const track = await attachedTrack(broker, stream);
      assert.deepEqual(offsets({ log: end.log, partitions: track.reached }), offsets(end));
      await publishTo(broker, placed, id, JSON.stringify({ later: id }));
      await track.collector.sees(JSON.stringify({ later: id }));
      const aborting = await client.transactional(`placed-${id}`);
      const transaction = await aborting.transaction();
      const messages = [{ key: id, value: '{"aborted":true}', partition: stream.partition ?? 0 }];
      await transaction.send({ topic: 'placed', messages });
      await transaction.abort();
      await aborting.disconnect();
      await eventually(async () => {
        const reached = { log: end.log, partitions: track.reached };
        return (
          `${offsets(reached)}` === `${offsets((await readToEnd(broker, stream, end)).end)}` && track.advances() > 0
        );
      });
      assert.equal((await historyOf(broker).resume(stream, end)).type, 'valid');
      const ofTwo = { ...end, partitions: [placeAt(end, 0), placeAt(end, 0)] };
      const forged = await historyOf(broker).resume(stream, ofTwo);
      assert.ok(forged.type === 'expired' && forged.reason === 'invalid', forged.type);
      track.collector.close();
    }
    assert.ok(partitions.size > 1, 'more than one partition was read');
  });

  test('hand-over: a tail of one partition hears all behind its place, also beside a tail of the whole topic that is ahead of it', async () => {
    const whole = await attachedTrack(broker, broker.stream(shared, undefined));
    const stream = broker.stream(shared, instanceOf(shared, 'a'));
    assert.equal(stream.partition, 0);
    let stopped = false;
    async function publishOn(): Promise<number> {
      const together = Array.from({ length: 50 }, (_, i) => i);
      for (let n = 0; ; n += together.length) {
        if (stopped) return n;
        await Promise.all(together.map((i) => publishTo(broker, shared, 'a', `{"n":${n + i}}`)));
      }
    }
    const publishing = publishOn();
    const tracks: Awaited<ReturnType<typeof attachedTrack>>[] = [];
    try {
      for (let round = 0; round < 20; round++) {
        const opened = await Promise.all(Array.from({ length: 10 }, () => attachedTrack(broker, stream)));
        await eventually(() => opened.every(({ collector }) => collector.records.length > 0));
        for (const { collector } of opened) collector.close();
        tracks.push(...opened);
      }
    } finally {
      stopped = true;
    }
    await whole.collector.sees(`{"n":${(await publishing) - 1}}`);
    const all = whole.collector.texts();
    for (const { collector } of tracks) {
      const [began] = collector.positions;
      assert.ok(began);
      const { texts } = await readToEnd(broker, stream, began);
      assert.deepEqual(collector.texts(), texts.slice(0, collector.records.length));
    }
    assert.deepEqual(
      all,
      all.map((_, n) => `{"n":${n}}`),
      'the other tail hears each record once',
    );
    whole.collector.close();
  });
});
