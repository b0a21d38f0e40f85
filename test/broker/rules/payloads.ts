import assert from 'node:assert/strict';
import { acknowledged, type Bench } from '../bench.ts';
import type { Rule } from '../rule.ts';

/** JSON texts that a careless hand changes: each is valid JSON and has to come back byte by byte. */
const texts: readonly string[] = [
  '{"astral":"🜁🌋𝄞👩‍👩‍👧‍👦","bmp":"Ünïcödé 日本語 العربية"}',
  '{"separators":"a\u2028b\u2029c"}',
  '{"nul":"a\\u0000b","escaped":"\\ud83c\\udf0b","lone":"\\ud800"}',
  ' {\t"white" :\r\n [ 1 , 2 ] } ',
  '{"big":12345678901234567890123,"float":0.1000,"exponent":1E400}',
  '{"same":1,"same":2,"__proto__":{"x":1},"":null}',
  '"a plain string"',
  '[]',
  '0',
  '{"quote":"\\"\\\\\\/ \' `","line":"\\r\\n","bom":"\uFEFF"}',
];

async function exactText(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const instance = bench.instance('text');
  const collector = await bench.attached(broker, topic, instance);
  for (const value of texts) await bench.publishSurely(broker, topic, instance, value);
  const seen = await bench.settled(broker, topic, instance, collector);
  assert.deepEqual(seen, texts);
  const bytes = bench.recordsOf(topic, instance, collector).map(({ value }) => value?.toString('hex'));
  assert.deepEqual(
    bytes.slice(0, texts.length),
    texts.map((value) => Buffer.from(value).toString('hex')),
  );
  if (bench.server.readBack.can) assert.deepEqual(await bench.stored(topic, instance), texts);
}

/** A JSON text of exactly so many bytes, of characters of one to four bytes. */
function jsonOf(bytes: number): string {
  const frame = '{"blob":""}';
  const unit = 'aü€🌋';
  const room = bytes - frame.length;
  const blob = unit.repeat(Math.floor(room / 10)) + 'x'.repeat(room % 10);
  return `{"blob":"${blob}"}`;
}

async function oneMebibyte(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const instance = bench.instance('mebibyte');
  const collector = await bench.attached(broker, topic, instance);
  const value = jsonOf(1_048_576);
  assert.equal(Buffer.byteLength(value), 1_048_576);
  await bench.publishSurely(broker, topic, instance, value);
  await bench.publishSurely(broker, topic, instance, '{"small":1}');
  await bench.publishSurely(broker, topic, instance, value);
  const seen = await bench.settled(broker, topic, instance, collector);
  assert.deepEqual(
    seen.map((text) => text.length),
    [value.length, 11, value.length],
  );
  assert.ok(seen[0] === value && seen[2] === value, 'every byte of 1 MiB comes back');
  if (bench.server.readBack.can) assert.ok((await bench.stored(topic, instance))[2] === value, 'and is stored');
}

async function rejectsTooLarge(bench: Bench): Promise<void> {
  const { tooLarge } = bench.server;
  if (!tooLarge.can) throw new Error(tooLarge.why);
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const instance = bench.instance('too-large');
  const collector = await bench.attached(broker, topic, instance);
  const outcomes = [
    bench.publish(broker, topic, instance, '{"before":1}'),
    bench.publish(broker, topic, instance, jsonOf(tooLarge.valueBytes)),
    bench.publish(broker, topic, instance, '{"after":1}'),
  ];
  const [before, large, after] = await Promise.all(outcomes);
  assert.ok(before && large && after);
  acknowledged(before);
  assert.equal(large.type, 'rejected', 'a record that will never pass is rejected, not unavailable');
  acknowledged(after);
  assert.equal(broker.status().type, 'up');
  assert.deepEqual(await bench.settled(broker, topic, instance, collector), ['{"before":1}', '{"after":1}']);
  if (bench.server.readBack.can) {
    assert.deepEqual(await bench.stored(topic, instance), ['{"before":1}', '{"after":1}'], 'J2: surely not stored');
  }
}

async function keepsAttributes(bench: Bench): Promise<void> {
  const { readBack } = bench.server;
  if (!readBack.can) throw new Error(readBack.why);
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const instance = bench.instance('attributes');
  const attributes = new Map([
    ['id', '0192f6c4-0000-7000-8000-000000000001'],
    ['source', 'urn:sluice:topic:ü'],
    ['type', topic.typeName],
    ['time', '2026-11-24T12:00:00.000Z'],
  ]);
  const key = instance.slice(instance.indexOf('.') + 1);
  const value = '{"with":"attributes"}';
  acknowledged(await broker.publish({ topic, instance, key, value, attributes }));
  const [stored] = await readBack.records(topic, instance);
  assert.ok(stored);
  for (const [name, expected] of attributes) assert.equal(stored.attributes.get(name), expected, name);
  assert.equal(stored.value?.toString(), value, 'attributes stand beside the value, never in it');
}

export const payloadRules: readonly Rule[] = [
  { name: 'JSON text in UTF-8 comes back byte by byte: astral, U+2028, NUL escapes, white space', run: exactText },
  { name: 'a value of 1 MiB comes back byte by byte', run: oneMebibyte },
  {
    name: 'J2: too large a record is rejected, surely not stored, and does not disturb its neighbours',
    unfit: ({ server }) => (server.tooLarge.can ? undefined : server.tooLarge.why),
    run: rejectsTooLarge,
  },
  {
    name: 'CloudEvents attributes are stored beside the value',
    unfit: ({ server }) => (server.attributes.can ? undefined : server.attributes.why),
    run: keepsAttributes,
  },
];
