import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConsole } from '../../../tools/load/series.ts';

function line(delivery: string, second: number, buckets: readonly (readonly number[])[]): string {
  return `series ${JSON.stringify({ delivery, second, steps: 1, buckets })}`;
}

test('the seconds of all virtual users are joined, and what is for people is kept apart', () => {
  const text = [
    line('DURABLE', 101, [[0, 1]]),
    'something went wrong',
    line('DURABLE', 100, [[3, 60]]),
    line('DURABLE', 100, [
      [3, 38],
      [6, 2],
    ]),
    line('BUFFERED', 102, [[1, 1]]),
    '',
  ].join('\n');
  const { series, remarks } = readConsole(text);
  assert.deepEqual(remarks, ['something went wrong']);
  assert.deepEqual(series, [
    { delivery: 'BUFFERED', points: [{ second: 2, deliveries: 1, p50: 1, p99: 1 }] },
    {
      delivery: 'DURABLE',
      points: [
        { second: 0, deliveries: 100, p50: 7, p99: 63 },
        { second: 1, deliveries: 1, p50: 0, p99: 0 },
      ],
    },
  ]);
});
