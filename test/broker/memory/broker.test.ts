import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemoryBroker } from '../../../src/broker/memory/broker.ts';
import { Collector } from '../collector.ts';
import { testEnvironment } from '../environment.ts';
import { ephemeralTopics, instanceOf } from '../topics.ts';

const topic = ephemeralTopics.parameter;
const instance = instanceOf(topic, 'a');
const request = { topic, instance, key: 'a', value: '1', attributes: new Map<string, string>() };

test('a record is never handed on inside the stack of publish, and before its acknowledgement', async () => {
  const broker = createMemoryBroker(testEnvironment(ephemeralTopics));
  await broker.open();
  const collector = new Collector();
  broker.tail(broker.stream(topic, instance), collector);
  const outcome = broker.publish(request);
  assert.deepEqual(collector.records, []);
  await outcome;
  assert.deepEqual(collector.texts(), ['1']);
  await broker.close();
});

test('J2: a publish that close() overtakes is unavailable and was not handed on', async () => {
  const broker = createMemoryBroker(testEnvironment(ephemeralTopics));
  await broker.open();
  const collector = new Collector();
  broker.tail(broker.stream(topic, instance), collector);
  const outcome = broker.publish(request);
  void broker.close();
  assert.equal((await outcome).type, 'unavailable');
  assert.deepEqual(collector.records, []);
});

test('a publish before open() is unavailable', async () => {
  const broker = createMemoryBroker(testEnvironment(ephemeralTopics));
  assert.equal((await broker.publish(request)).type, 'unavailable');
});
