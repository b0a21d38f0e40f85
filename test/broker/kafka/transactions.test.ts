import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Broker } from '../../../src/broker/port.ts';
import { eventually } from '../../support/eventually.ts';
import { type KafkaServer, startKafkaServer } from '../../support/kafka-server.ts';
import { readToEnd } from './history-fixture.ts';
import { attachedTail, durableTopic, openKafkaBroker, publishTo } from './kafka-fixture.ts';
import { SecondClient } from './second-client.ts';

const aborted = durableTopic('aborted', { partitions: 1 });
const interleaved = durableTopic('interleaved', { partitions: 1 });
const held = durableTopic('held', { partitions: 1 });
const early = durableTopic('early', { partitions: 1 });
const topics = [aborted, interleaved, held, early];

describe('transactions of other producers', { concurrency: false }, () => {
  let server: KafkaServer;
  let client: SecondClient;
  let broker: Broker;

  before(
    async () => {
      server = await startKafkaServer();
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

  test('what was aborted is never seen, what was committed is', async () => {
    const collector = await attachedTail(broker, aborted);
    const producer = await client.transactional('aborting');
    for (const [fate, n] of [
      ['abort', 0],
      ['commit', 1],
      ['abort', 2],
      ['commit', 3],
    ] as const) {
      const transaction = await producer.transaction();
      await transaction.send({ topic: 'aborted', messages: [{ key: 'a', value: `{"${fate}":${n}}` }] });
      await transaction.send({ topic: 'aborted', messages: [{ key: 'a', value: `{"${fate}":${n},"second":true}` }] });
      await transaction[fate]();
    }
    await producer.disconnect();
    await publishTo(broker, aborted, 'a', '{"last":true}');
    await collector.sees('{"last":true}');
    assert.deepEqual(collector.texts(), [
      '{"commit":1}',
      '{"commit":1,"second":true}',
      '{"commit":3}',
      '{"commit":3,"second":true}',
      '{"last":true}',
    ]);
    collector.close();
  });

  test('of transactions that lie within one another only the committed ones are seen, and plain records stay', async () => {
    const collector = await attachedTail(broker, interleaved);
    const [one, two] = [await client.transactional('one'), await client.transactional('two')];
    const [bad, good] = [await one.transaction(), await two.transaction()];
    const send = (transaction: typeof bad, value: string) =>
      transaction.send({ topic: 'interleaved', messages: [{ key: 'i', value }] });
    await send(bad, '{"bad":1}');
    await send(good, '{"good":1}');
    await client.write('interleaved', 'i', Buffer.from('{"plain":1}'));
    await send(bad, '{"bad":2}');
    await good.commit();
    await send(bad, '{"bad":3}');
    await bad.abort();
    // The same producer goes on: its id is no longer under abort.
    const later = await one.transaction();
    await send(later, '{"good":2}');
    await later.commit();
    await Promise.all([one.disconnect(), two.disconnect()]);
    await collector.sees('{"good":2}');
    assert.deepEqual(collector.texts(), ['{"good":1}', '{"plain":1}', '{"good":2}']);
    collector.close();
  });

  test('F41: an open transaction holds the live tail back and says so; after its abort nothing is missing', async () => {
    const collector = await attachedTail(broker, held);
    const producer = await client.transactional('holding');
    const transaction = await producer.transaction();
    await transaction.send({ topic: 'held', messages: [{ key: 'h', value: '{"open":true}' }] });
    const outcome = await publishTo(broker, held, 'h', '{"behind":1}');
    assert.equal(outcome.type, 'acknowledged');
    const status = await eventually(
      () => {
        const now = broker.status();
        return now.type === 'up' && now.detail !== undefined ? now : undefined;
      },
      { deadlineMs: 60_000, what: 'the status naming the open transaction' },
    );
    assert.match(status.detail ?? '', /open transaction .* topic held, partition 0/);
    assert.deepEqual(collector.texts(), []);
    // The record of the transaction and the one behind it.
    const keptBack = { topic: held.name, records: 2, heldBack: 2 };
    assert.deepEqual(
      broker.lag?.().find(({ topic }) => topic === held.name),
      keptBack,
    );
    await transaction.abort();
    await producer.disconnect();
    await collector.sees('{"behind":1}');
    assert.deepEqual(collector.texts(), ['{"behind":1}']);
    await eventually(() => {
      const now = broker.status();
      return now.type === 'up' && now.detail === undefined;
    });
    await eventually(() => {
      const lag = broker.lag?.().find(({ topic }) => topic === held.name);
      return lag?.records === 0 && lag.heldBack === 0;
    });
    collector.close();
    assert.equal(
      broker.lag?.().find(({ topic }) => topic === held.name),
      undefined,
    );
  });

  test('a tail attached while a transaction is open begins before it, so that it sees what a reader from its place sees', async () => {
    const producer = await client.transactional('early');
    const transaction = await producer.transaction();
    await transaction.send({ topic: 'early', messages: [{ key: 'e', value: '{"committed":"later"}' }] });
    await publishTo(broker, early, 'e', '{"acknowledged":"before"}');
    const collector = await attachedTail(broker, early);
    await publishTo(broker, early, 'e', '{"acknowledged":"after"}');
    await transaction.commit();
    await producer.disconnect();
    await collector.sees('{"acknowledged":"after"}');
    assert.deepEqual(collector.texts(), [
      '{"committed":"later"}',
      '{"acknowledged":"before"}',
      '{"acknowledged":"after"}',
    ]);
    const [began] = collector.positions;
    assert.ok(began);
    const { texts } = await readToEnd(broker, broker.stream(early, undefined), began);
    assert.deepEqual(texts, collector.texts());
    collector.close();
  });
});
