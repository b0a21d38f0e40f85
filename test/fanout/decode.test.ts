import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { BrokerRecord, Position } from '../../src/broker/record.ts';
import { decodeRecord } from '../../src/fanout/decode.ts';
import type { Topic, TopicInstance, TopicName } from '../../src/routing/topic.ts';

const topic: Topic = {
  name: 'chat.{room}' as TopicName,
  typeName: 'Message',
  template: {
    text: 'chat.{room}',
    parts: [
      { type: 'literal', text: 'chat.' },
      { type: 'parameter', field: 'room', argument: 'room' },
    ],
  },
  parameters: [{ field: 'room', argument: 'room', type: 'ID' }],
  policy: { delivery: 'EPHEMERAL' },
  wildcard: false,
};

const durable: Topic = {
  ...topic,
  policy: {
    delivery: 'DURABLE',
    kafkaTopic: 'chat',
    keyFields: ['room'],
    placement: 'ANY',
    partitions: undefined,
    retentionMs: undefined,
  },
};

const position: Position = { type: 'log', epoch: 'e', sequence: 7 };

function record(value: string | Buffer | null, rest: Partial<BrokerRecord> = {}): BrokerRecord {
  return {
    instance: 'chat.a' as TopicInstance,
    key: undefined,
    value: typeof value === 'string' ? Buffer.from(value) : value,
    position,
    timestamp: 1_800_000_000_000,
    ...rest,
  };
}

function decoded(value: string | Buffer | null, rest: Partial<BrokerRecord> = {}): unknown {
  return decodeRecord(topic, record(value, rest));
}

function reasonOf(value: string | Buffer, rest: Partial<BrokerRecord> = {}): string {
  const event = decodeRecord(topic, record(value, rest));
  assert.equal(event?.type, 'invalid');
  return event.reason;
}

describe('decodeRecord', () => {
  test('a plain JSON object is an event, with what the record says of it', () => {
    assert.deepStrictEqual(decoded('{"room":"a","text":"hi"}'), {
      type: 'valid',
      topic,
      instance: 'chat.a',
      value: { room: 'a', text: 'hi' },
      position,
      timestamp: 1_800_000_000_000,
    });
  });

  test('a parameter that the value lacks is filled in from the channel, or else from the record key', () => {
    const fromChannel = decodeRecord(topic, record('{"text":"hi"}'));
    assert.equal(fromChannel?.type, 'valid');
    assert.deepStrictEqual(fromChannel.value, { text: 'hi', room: 'a' });
    const keyed = record('{"text":"hi"}', { instance: undefined, key: Buffer.from('b') });
    const fromKey = decodeRecord(durable, keyed);
    assert.equal(fromKey?.type, 'valid');
    assert.equal(fromKey.instance, 'chat.b');
    assert.deepStrictEqual(fromKey.value, { text: 'hi', room: 'b' });
  });

  test('a tombstone is no event', () => {
    assert.equal(decoded(null), undefined);
  });

  test('large integers stay exact', () => {
    const event = decodeRecord(topic, record('{"room":"a","id":9007199254740993}'));
    assert.equal(event?.type, 'valid');
    assert.deepStrictEqual(event.value, { room: 'a', id: 9007199254740993n });
  });

  test('P97: what is not a JSON object is an invalid event of its instance, and says why', () => {
    assert.deepStrictEqual(decoded('{"room":'), {
      type: 'invalid',
      topic,
      instance: 'chat.a',
      reason: 'the record is not valid JSON: unexpected end at position 8',
      position,
      timestamp: 1_800_000_000_000,
    });
    assert.equal(reasonOf(''), 'the record is not valid JSON: unexpected end at position 0');
    assert.equal(reasonOf(Buffer.from([0x22, 0xff, 0x22])), 'the record is not valid JSON: not valid UTF-8');
    assert.equal(reasonOf('[{}]'), 'the record is not a JSON object but an array');
    assert.equal(reasonOf('null'), 'the record is not a JSON object but null');
    assert.equal(reasonOf('12345678901234567890'), 'the record is not a JSON object but a number');
    assert.equal(reasonOf('true'), 'the record is not a JSON object but a boolean');
    assert.match(reasonOf('['.repeat(100_000)), /^the record is not valid JSON: nested deeper than 500 at position/);
  });

  test('P97: a value that contradicts its channel is an invalid event of that channel', () => {
    const event = decodeRecord(topic, record('{"room":"b"}'));
    assert.equal(event?.type, 'invalid');
    assert.equal(event.instance, 'chat.a');
    assert.match(event.reason, /another topic instance/);
  });

  test('an invalid event that can be placed nowhere has no instance', () => {
    for (const key of [undefined, Buffer.from([0xff])]) {
      const event = decodeRecord(topic, record('{"text":"hi"}', { instance: undefined, key }));
      assert.equal(event?.type, 'invalid');
      assert.equal(event.instance, undefined);
    }
  });

  test('A70: no reason quotes the payload', () => {
    const secret = 'my hunter2';
    for (const text of [`{"password":"${secret}"`, `["${secret}"]`, `"${secret}"`, `${secret}`]) {
      assert.ok(!reasonOf(text).includes('hunter2'), reasonOf(text));
    }
  });

  test('the event keeps no view of the record: its bytes may be overwritten', () => {
    const bytes = Buffer.from('{"room":"a","text":"hello"}');
    const event = decodeRecord(topic, record(bytes));
    bytes.fill(0);
    assert.equal(event?.type, 'valid');
    assert.deepStrictEqual(event.value, { room: 'a', text: 'hello' });
  });
});
