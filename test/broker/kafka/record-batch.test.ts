import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32c, createRecordsBatch, type MessageRecord } from '@platformatic/kafka';
import { readBatches } from '../../../src/broker/kafka/record-batch.ts';

const RECORDS: readonly MessageRecord[] = [
  { topic: 't', key: Buffer.from('a'), value: Buffer.from('{"n":0}'), timestamp: 1_000n },
  { topic: 't', value: Buffer.from(`{"n":"${'ü'.repeat(500)}"}`), timestamp: 1_005n },
];

function batchBytes(compression: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd' = 'none', baseOffset = 0n): Buffer {
  const bytes = Buffer.from(createRecordsBatch([...RECORDS], { compression }).buffer);
  bytes.writeBigInt64BE(baseOffset, 0);
  return bytes;
}

function withCodec(codec: number): Buffer {
  const bytes = batchBytes();
  bytes.writeInt16BE(codec, 21);
  bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17);
  return bytes;
}

for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const) {
  test(`a batch packed with ${codec} is read`, () => {
    const [batch] = readBatches(batchBytes(codec, 40n));
    const records = batch?.records() ?? [];
    assert.deepEqual(
      records.map(({ offset, timestamp, key, value }) => [offset, timestamp, key?.toString(), value?.toString()]),
      [
        [40n, 1_000, 'a', '{"n":0}'],
        [41n, 1_005, undefined, `{"n":"${'ü'.repeat(500)}"}`],
      ],
    );
  });
}

test('values are copies: the answer they came in may be reused', () => {
  const bytes = batchBytes();
  const [batch] = readBatches(bytes);
  const [record] = batch?.records() ?? [];
  bytes.fill(0);
  assert.equal(record?.value?.toString(), '{"n":0}');
});

test('F18: a wrong checksum and an unknown codec throw when the records are asked for, and the header still tells where it ends', () => {
  const wrong = batchBytes('none', 7n);
  wrong.writeUInt8(wrong.readUInt8(70) ^ 1, 70);
  for (const [bytes, message] of [
    [wrong, /checksum/],
    [withCodec(7), /codec 7/],
    [withCodec(1), /./],
  ] as const) {
    const [batch] = readBatches(bytes);
    assert.equal(batch && batch.header.lastOffset - batch.header.baseOffset, 1n);
    assert.throws(() => batch?.records(), message);
  }
});

test('a small batch that unpacks to more than the bound is refused instead of unpacked', () => {
  const bomb = { topic: 't', value: Buffer.alloc(130 * 1024 * 1024), timestamp: 0n };
  const [batch] = readBatches(Buffer.from(createRecordsBatch([bomb], { compression: 'gzip' }).buffer));
  assert.throws(() => batch?.records(), /larger|length|size/i);
});

test('a cut batch at the end is left for the next fetch', () => {
  const two = Buffer.concat([batchBytes('none', 0n), batchBytes('none', 2n)]);
  assert.equal([...readBatches(two)].length, 2);
  assert.equal([...readBatches(two.subarray(0, two.length - 1))].length, 1);
  assert.equal([...readBatches(two.subarray(0, 10))].length, 0);
});

test('a frame that cannot be right ends the reading', () => {
  const bytes = batchBytes();
  bytes.writeInt32BE(-5, 8);
  assert.equal([...readBatches(bytes)].length, 0);
});
