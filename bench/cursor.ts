// What cursors cost: their share of the bytes of a result, and the time to encode one, at 1, 12 and 100 partitions.
// Run: node bench/cursor.ts
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { encodePayload } from '../src/fanout/payload.ts';
import { CursorScope } from '../src/routing/cursor.ts';
import type { StreamPosition } from '../src/routing/position.ts';
import type { TopicName } from '../src/routing/topic.ts';
import { nanosecondsPerCall } from './support/measure.ts';

const scope = new CursorScope('quakes.{network}' as TopicName, undefined);
const [line = '{}'] = readFileSync(
  new URL('../examples/earthquakes/data/earthquakes.jsonl', import.meta.url),
  'utf8',
).split('\n');
/** A result with all fields of the first earthquake. */
const result = { data: `{"quake":${line}}`, errors: undefined };
const plain = encodePayload(result, { cursor: undefined, scanCut: false }).length;

console.log('partitions  cursor bytes  share of the result  ns to encode');
for (const count of [1, 12, 100]) {
  const partitions = Array.from({ length: count }, (_, index) => ({
    type: 'kafka' as const,
    // Logs of some age: offsets of several millions.
    next: 5_000_000n + BigInt(index) * 9_973n,
    leaderEpoch: 12,
  }));
  const position: StreamPosition = { log: randomUUID(), partitions };
  const cursor = scope.encode(position);
  const whole = encodePayload(result, { cursor, scanCut: false }).length;
  const nanoseconds = nanosecondsPerCall(() => scope.encode(position));
  const share = `${(((whole - plain) / whole) * 100).toFixed(0)} %`;
  console.log(
    `${String(count).padEnd(10)}  ${String(cursor.length).padEnd(12)}  ${share.padEnd(19)}  ${nanoseconds.toFixed(0)}`,
  );
}
