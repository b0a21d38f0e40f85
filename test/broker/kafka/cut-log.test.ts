import assert from 'node:assert/strict';
import { readdir, readFile, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Broker } from '../../../src/broker/port.ts';
import { eventually } from '../../support/eventually.ts';
import { type KafkaServer, startKafkaServer } from '../../support/kafka-server.ts';
import { hasExpired, historyOf, kafkaPlace, locate, offsets, readToEnd } from './history-fixture.ts';
import { attachedTrack, durableTopic, openKafkaBroker, publishTo } from './kafka-fixture.ts';

const cut = durableTopic('cut', { partitions: 1 });
const quiet = durableTopic('quiet', { partitions: 1 });

describe('F16: a Kafka log that lost its end', { concurrency: false }, () => {
  let server: KafkaServer;
  let broker: Broker;

  before(
    async () => {
      server = await startKafkaServer({ proxy: true });
      broker = await openKafkaBroker(server.proxied, [cut, quiet]);
    },
    { timeout: 180_000 },
  );
  after(async () => {
    await broker?.close();
    await server?.stop();
  });

  async function publishSurely(topic: typeof cut, value: string): Promise<void> {
    await eventually(async () => (await publishTo(broker, topic, 'a', value)).type === 'acknowledged', {
      deadlineMs: 60_000,
    });
  }

  /** Cuts the partition's log before the record with this text, as an unclean election leaves it. Kafka is down. */
  async function cutBefore(topic: string, text: string): Promise<void> {
    const folder = join(server.folder, 'logs', `${topic}-0`);
    for (const file of await readdir(folder)) {
      if (/\.(index|timeindex|snapshot)$/.test(file)) await rm(join(folder, file));
    }
    const log = join(folder, '00000000000000000000.log');
    const bytes = await readFile(log);
    let start = 0;
    for (let at = 0; at < bytes.length && !bytes.subarray(start, at).includes(text); ) {
      start = at;
      at += 12 + bytes.readInt32BE(at + 8);
      if (bytes.subarray(start, at).includes(text)) break;
    }
    assert.ok(start > 0 && bytes.subarray(start).includes(text), `${text} is in the log`);
    await truncate(log, start);
  }

  test('a place behind the cut is truncated although the log has grown past it, one before it is good, and a tail ends', async () => {
    const stream = broker.stream(cut, undefined);
    const track = await attachedTrack(broker, stream);
    for (let n = 0; n < 8; n++) await publishSurely(cut, `{"first":${n}}`);
    await track.collector.sees('{"first":7}');
    const { log } = await locate(broker, stream, { type: 'earliest' });
    const [reached] = track.reached;
    assert.ok(reached?.type === 'kafka' && reached.next === 8n);
    const idle = await locate(broker, stream, { type: 'latest' });
    server.proxy.stall();
    await server.shutDown();
    await cutBefore('cut', '{"first":5}');
    await server.restart();
    const direct = await openKafkaBroker(server.brokers, [cut, quiet]);
    try {
      for (let n = 0; n < 8; n++)
        assert.equal((await publishTo(direct, cut, 'a', `{"second":${n}}`)).type, 'acknowledged');
      server.proxy.cut();
      server.proxy.flow();
      await eventually(() => track.collector.ends.length > 0, { deadlineMs: 60_000, what: 'the tail to end' });
      assert.deepEqual(track.collector.ends, ['truncated']);
      assert.equal(track.collector.texts().length, 8, 'nothing of the new end came in silence');

      for (const place of [{ log, partitions: [reached] }, idle, kafkaPlace(log, 6n, reached.leaderEpoch)]) {
        assert.deepEqual(offsets(await hasExpired(direct, stream, place, 'truncated')), [0n]);
      }
      for (const next of [5n, 2n]) {
        const place = kafkaPlace(log, next, reached.leaderEpoch);
        assert.equal((await historyOf(direct).resume(stream, place)).type, 'valid');
        assert.equal((await readToEnd(direct, stream, place)).texts.length, Number(13n - next));
      }
      await hasExpired(direct, stream, kafkaPlace(log, 13n, 1_000_000), 'truncated');
    } finally {
      await direct.close();
    }
  });

  test('a place whose epoch was given no record stays good over restarts', async () => {
    const stream = broker.stream(quiet, undefined);
    await publishSurely(quiet, '{"n":0}');
    await server.kill();
    await server.restart();
    const place = await eventually(() => locate(broker, stream, { type: 'latest' }), { deadlineMs: 60_000 });
    await server.kill();
    await server.restart();
    await publishSurely(quiet, '{"n":1}');
    const resumed = await eventually(
      async () => {
        const answer = await historyOf(broker).resume(stream, place);
        return answer.type === 'unavailable' ? undefined : answer;
      },
      { deadlineMs: 60_000 },
    );
    assert.equal(resumed.type, 'valid');
    assert.deepEqual((await readToEnd(broker, stream, place)).texts.at(-1), '{"n":1}');
  });
});
