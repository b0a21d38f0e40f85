import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReadCommitted } from '../../../src/broker/kafka/read-committed.ts';
import type { BatchHeader } from '../../../src/broker/kafka/record-batch.ts';

function batch(offset: number, producerId: number, kind: 'plain' | 'transactional' | 'commit' | 'abort'): BatchHeader {
  const isControl = kind === 'commit' || kind === 'abort';
  return {
    baseOffset: BigInt(offset),
    lastOffset: BigInt(offset),
    leaderEpoch: 0,
    producerId: BigInt(producerId),
    isTransactional: kind !== 'plain',
    isControl,
    isAbortMarker: kind === 'abort',
  };
}

function kept(aborted: readonly [producerId: number, firstOffset: number][], log: readonly BatchHeader[]): number[] {
  const rule = new ReadCommitted(
    aborted.map(([producerId, firstOffset]) => ({ producerId: BigInt(producerId), firstOffset: BigInt(firstOffset) })),
  );
  return log.filter((header) => rule.keeps(header)).map((header) => Number(header.lastOffset));
}

test('control batches are never records', () => {
  assert.deepEqual(kept([], [batch(0, 1, 'transactional'), batch(1, 1, 'commit'), batch(2, 2, 'abort')]), [0]);
});

test('a producer is under abort from its transaction to its marker, and not after it', () => {
  const log = [
    batch(0, 1, 'transactional'),
    batch(1, 1, 'transactional'),
    batch(2, 1, 'abort'),
    batch(3, 1, 'transactional'),
    batch(4, 1, 'commit'),
  ];
  assert.deepEqual(kept([[1, 0]], log), [3]);
});

test('aborted transactions are taken in the order of their offsets, however the broker lists them', () => {
  const log = [
    batch(0, 1, 'transactional'),
    batch(1, 1, 'abort'),
    batch(2, 1, 'transactional'),
    batch(3, 1, 'commit'),
    batch(4, 1, 'transactional'),
    batch(5, 1, 'abort'),
  ];
  assert.deepEqual(
    kept(
      [
        [1, 4],
        [1, 0],
      ],
      log,
    ),
    [2],
  );
});

test('other producers and plain records between aborted ones are kept', () => {
  const log = [batch(0, 1, 'transactional'), batch(1, 2, 'transactional'), batch(2, 1, 'plain'), batch(3, 3, 'plain')];
  assert.deepEqual(kept([[1, 0]], log), [1, 2, 3]);
});

test('a transaction that began inside a batch of several offsets counts for that batch', () => {
  const header = { ...batch(5, 1, 'transactional'), baseOffset: 3n };
  assert.deepEqual(kept([[1, 4]], [header]), []);
});
