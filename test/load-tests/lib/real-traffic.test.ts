import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idOf, markOf, type Quake, quakeSource } from '../../../load-tests/lib/real-traffic.ts';

const ROWS: readonly Quake[] = [
  { id: 'a', network: 'us', magnitude: 1 },
  { id: 'b', network: 'ci', magnitude: 2 },
];

test('what the id of a real event says can be read again, and other ids say nothing', () => {
  const mark = { run: 'r-1', kind: 'EVENT', sequence: 12, due: 1_700_000_000_000 } as const;
  assert.deepEqual(markOf(idOf(mark)), mark);
  assert.equal(markOf('uw61345682'), undefined);
  assert.equal(markOf('a/OTHER/1/2'), undefined);
});

test('the rows are published round after round, and every network is told its end', () => {
  const source = quakeSource('r-1', ROWS);
  const events = [1, 2, 3].map((sequence) => source.event(sequence, 5) as Quake);
  assert.deepEqual(
    events.map(({ network }) => network),
    ['us', 'ci', 'us'],
  );
  const ends = source.end(3, 9) as readonly Quake[];
  assert.deepEqual(
    ends.map(({ id, network }) => [markOf(id)?.kind, network]),
    [
      ['END', 'us'],
      ['END', 'ci'],
    ],
  );
});
