import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRecordsBatch, type MessageRecord, NumericMap } from '@platformatic/kafka';
import fc from 'fast-check';
import { readBatches } from '../../../src/broker/kafka/record-batch.ts';
import { writeBatch } from '../../../src/broker/kafka/write-batch.ts';

const bytes = fc.uint8Array({ maxLength: 300, size: 'max' }).map((array) => Buffer.from(array));
const record: fc.Arbitrary<MessageRecord> = fc.record(
  {
    topic: fc.constant('t'),
    partition: fc.constant(3),
    key: bytes,
    value: bytes,
    headers: fc.array(fc.tuple(bytes, bytes), { maxLength: 6 }).map((pairs) => new Map(pairs)),
    // Within some days: beyond 2^31 ms the library writes the wrong difference.
    timestamp: fc.bigInt({ min: 1_600_000_000_000n, max: 1_601_000_000_000n }),
  },
  { requiredKeys: ['topic', 'partition', 'value', 'timestamp'] },
);

test('a batch is, byte for byte, what the library writes of the same records', () => {
  fc.assert(
    fc.property(
      fc.array(record, { minLength: 1, maxLength: 200 }),
      fc.bigInt({ min: 0n, max: 2n ** 62n }),
      fc.integer({ min: 0, max: 32_767 }),
      fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      (records, producerId, producerEpoch, firstSequence) => {
        const sequences = new NumericMap([['t:3', firstSequence]]);
        const expected = createRecordsBatch([...records], { producerId, producerEpoch, sequences });
        const written = writeBatch(records, { producerId, producerEpoch, firstSequence });
        assert.equal(written.toString('hex'), expected.buffer.toString('hex'));
      },
    ),
    { numRuns: 300 },
  );
});

test('times of any distance are read back as they were', () => {
  const times = [1_764_000_000_000n, 1_764_000_000_001n, 0n, 8_640_000_000_000_000n];
  const records = times.map((timestamp) => ({ topic: 't', value: Buffer.from('{}'), timestamp }));
  const bytes = writeBatch(records, { producerId: 5n, producerEpoch: 1, firstSequence: 7 });
  const [batch] = readBatches(bytes);
  assert.deepEqual(
    batch?.records().map(({ timestamp }) => timestamp),
    times.map(Number),
  );
});
