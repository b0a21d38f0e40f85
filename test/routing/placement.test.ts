import assert from 'node:assert/strict';
import { test } from 'node:test';
import { murmur2, partitionForKey } from '../../src/routing/placement.ts';

/** The vectors of Apache Kafka's own test of `Utils.murmur2`. */
const VECTORS: readonly [key: string, hash: number][] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
];

for (const [key, hash] of VECTORS) {
  test(`murmur2("${key}") is what the Java client computes`, () => assert.equal(murmur2(Buffer.from(key)), hash));
}

test('bytes above 127 and views into a larger buffer hash alike', () => {
  const bytes = Buffer.from('äöü😀x');
  const within = Buffer.concat([Buffer.from([1]), bytes, Buffer.from([2])]).subarray(1, 1 + bytes.length);
  assert.equal(murmur2(within), murmur2(Uint8Array.from(bytes)));
});

test('design §5: the partition is the positive hash modulo the partition count', () => {
  for (const [key, hash] of VECTORS) {
    for (const partitions of [1, 3, 6, 100]) {
      assert.equal(partitionForKey(Buffer.from(key), partitions), (hash & 0x7fffffff) % partitions);
    }
  }
  assert.equal(partitionForKey(Buffer.from('foobar'), 6), 0);
});
