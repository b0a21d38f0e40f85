import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { thresholdsOf } from '../../../load-tests/thresholds/thresholds.ts';

describe('the thresholds of load tests', () => {
  const thresholds = thresholdsOf({
    profile: 'smoke',
    latencyOf: ['DURABLE'],
    subscribers: 4,
    timed: ['resume_time'],
  });

  test('holes that nobody told of, doubles, changes of order and errors fail every run', () => {
    for (const metric of ['gaps', 'duplicates', 'reorders', 'errors'])
      assert.deepEqual(thresholds[metric], ['count==0']);
  });

  test('every subscriber must come to its end', () => {
    assert.deepEqual(thresholds['subscribers_finished'], ['count==4']);
  });

  test('a delay of 50 ms at every flush crosses the bounds of the smoke profile, whatever else the machine does', () => {
    const [fastest = ''] = thresholds['e2e_latency{delivery:DURABLE,role:subscriber}'] ?? [];
    const bound = Number(/^p\(10\)<(\d+)$/.exec(fastest)?.[1]);
    assert.ok(bound < 50, fastest);
  });

  test('a profile without bounds is refused', () => {
    assert.throws(() => thresholdsOf({ profile: 'huge', latencyOf: [], subscribers: 0, timed: [] }), /huge/);
  });
});
