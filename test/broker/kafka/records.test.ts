import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Broker } from '../../../src/broker/port.ts';
import { partitionForKey } from '../../../src/routing/placement.ts';
import { eventually } from '../../support/eventually.ts';
import { type KafkaServer, startKafkaServer } from '../../support/kafka-server.ts';
import { text } from '../collector.ts';
import { attachedTail, durableTopic, openKafkaBroker, publishTo } from './kafka-fixture.ts';
import { SecondClient } from './second-client.ts';

const three = durableTopic('three', { partitions: 3 });
const six = durableTopic('six', { partitions: 6 });
const keyless = durableTopic('keyless', { partitions: 6 }, { parameter: false });
const foreign = durableTopic('foreign', { partitions: 4 });
const large = durableTopic('large', { partitions: 1 });
const damaged = durableTopic('damaged', { partitions: 1 });
const headers = durableTopic('headers', { partitions: 1 });
const topics = [three, six, keyless, foreign, large, damaged, headers];

const KEYS = ['us', 'ci', 'Zürich', '東京', '🌋', 'a', '', 'jp-0042', 'x'.repeat(100), 'É', '0', 'ünï cödé'].filter(
  (key) => key !== '',
);

describe('records on a real Kafka', { concurrency: false }, () => {
  let server: KafkaServer;
  let client: SecondClient;
  let broker: Broker;

  before(
    async () => {
      server = await startKafkaServer({ proxy: true });
      client = new SecondClient(server.brokers);
      broker = await openKafkaBroker(server.brokers, topics);
    },
    { timeout: 180_000 },
  );
  after(async () => {
    await broker?.close();
    await client?.close();
    await server?.stop();
  });

  for (const [topic, name] of [
    [three, 'three'],
    [six, 'six'],
  ] as const) {
    test(`a key lands where Java's console producer puts it, on ${name} partitions`, async () => {
      await server.consoleProduce(
        name,
        KEYS.map((key) => `${key}\t{"from":"java"}`),
        { key: '\t' },
      );
      for (const key of KEYS) {
        const outcome = await publishTo(broker, topic, key, '{"from":"sluice"}');
        assert.equal(outcome.type, 'acknowledged');
      }
      const partitionsOf = new Map<string | undefined, Set<number>>();
      for (const { key, partition } of await client.readAll(name)) {
        partitionsOf.set(key, (partitionsOf.get(key) ?? new Set()).add(partition));
      }
      assert.deepEqual([...partitionsOf.keys()].sort(), [...KEYS].sort());
      for (const [key, partitions] of partitionsOf) assert.equal(partitions.size, 1, `${key} is on ${[...partitions]}`);
      assert.ok(new Set([...partitionsOf.values()].flatMap((set) => [...set])).size > 1, 'the keys are spread');
    });
  }

  test('without a key, all events of the one instance share one partition, so that their order holds', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, n) => publishTo(broker, keyless, '', JSON.stringify({ n }))),
    );
    assert.ok(outcomes.every((outcome) => outcome.type === 'acknowledged'));
    const stored = await client.readAll('keyless');
    assert.equal(new Set(stored.map(({ partition }) => partition)).size, 1);
    assert.deepEqual(
      stored.map(({ value }) => JSON.parse(String(value)).n),
      Array.from({ length: 50 }, (_, n) => n),
    );
    assert.ok(stored.every(({ key }) => key === undefined));
  });

  test('a record that another partitioner put elsewhere, under a key of its own, arrives on the topic stream', async () => {
    const collector = await attachedTail(broker, foreign);
    const ours = partitionForKey(Buffer.from('us'), 4);
    const elsewhere = (ours + 1) % 4;
    await client.write('foreign', 'crc-us', Buffer.from('{"id":"us"}'), { partition: elsewhere });
    await collector.sees('{"id":"us"}');
    const record = collector.records.find((candidate) => text(candidate) === '{"id":"us"}');
    assert.equal(record?.key?.toString(), 'crc-us');
    assert.ok(record.position?.type === 'kafka' && record.position.partition === elsewhere);
    collector.close();
  });

  test('a tombstone arrives as a null value with its key and position', async () => {
    const collector = await attachedTail(broker, foreign);
    await client.write('foreign', 'gone', null);
    await eventually(() => collector.records.length === 1);
    const [record] = collector.records;
    assert.equal(record?.value, null);
    assert.equal(record?.key?.toString(), 'gone');
    assert.equal(record?.position?.type, 'kafka');
    collector.close();
  });

  test('gzip batches of other producers are read', async () => {
    const collector = await attachedTail(broker, foreign);
    await client.write('foreign', 'packed', Buffer.from(`{"packed":"${'a'.repeat(5_000)}"}`), { gzip: true });
    await collector.sees(`{"packed":"${'a'.repeat(5_000)}"}`);
    collector.close();
  });

  test('topics that Sluice creates take an event of 1 MiB, and the settings say so', async () => {
    const value = JSON.stringify({ blob: 'x'.repeat(1_048_576 - 11) });
    assert.equal(value.length, 1_048_576);
    const outcome = await publishTo(broker, large, 'l', value);
    assert.equal(outcome.type, 'acknowledged');
    assert.match(await server.topics('--describe', '--topic', 'large'), /max\.message\.bytes=2097152/);
    assert.match(await server.topics('--describe', '--topic', 'large'), /unclean\.leader\.election\.enable=false/);
  });

  test('F19: what the topic does not take is rejected, surely not stored, and later events pass', async () => {
    const outcomes = await Promise.all([
      publishTo(broker, large, 'l', '{"small":1}'),
      publishTo(broker, large, 'l', JSON.stringify({ blob: 'x'.repeat(3_000_000) })),
      publishTo(broker, large, 'l', '{"small":2}'),
    ]);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.type),
      ['acknowledged', 'rejected', 'acknowledged'],
    );
    const stored = await client.readAll('large');
    assert.deepEqual(
      stored.slice(-2).map(({ value }) => String(value)),
      ['{"small":1}', '{"small":2}'],
    );
  });

  test('CloudEvents attributes are headers as its Kafka binding says', async () => {
    const attributes = new Map([
      ['id', '1'],
      ['source', 'urn:ü'],
    ]);
    const request = { topic: headers, instance: 'headers.a' as never, key: 'a', value: '{}', attributes };
    assert.equal((await broker.publish(request)).type, 'acknowledged');
    const [line] = await server.consoleConsume('headers', { count: 1, properties: { 'print.headers': 'true' } });
    assert.equal(line, 'ce_id:1,ce_source:urn:ü,ce_specversion:1.0,content-type:application/json\t{}');
  });

  test('F18: a batch damaged on the disk costs one record without content, and those after it arrive', async () => {
    const behindProxy = await openKafkaBroker(server.proxied, topics);
    try {
      const collector = await attachedTail(behindProxy, damaged);
      server.proxy.stall();
      for (const n of [0, 1, 2]) await client.write('damaged', 'd', Buffer.from(`{"damage":${n}}`));
      // In order, so that Kafka trusts its files and does not cut the damage off when it starts again.
      await client.close();
      await server.shutDown();
      const file = join(server.folder, 'logs', 'damaged-0', '00000000000000000000.log');
      const bytes = await readFile(file);
      const at = bytes.indexOf('"damage":1');
      assert.ok(at > 0, 'the record is in the file');
      bytes.writeUInt8(0xff, at + 3);
      await writeFile(file, bytes);
      await server.restart();
      server.proxy.flow();
      await collector.sees('{"damage":2}');
      assert.deepEqual(collector.texts(), ['{"damage":0}', '', '{"damage":2}']);
      assert.deepEqual(
        collector.records.map(({ position }) => (position?.type === 'kafka' ? position.offset : undefined)),
        [0n, 1n, 2n],
      );
      await eventually(() => behindProxy.status().type === 'up');
    } finally {
      await behindProxy.close();
    }
  });
});
