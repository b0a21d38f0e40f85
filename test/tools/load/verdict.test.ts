import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Metrics, problemsOf } from '../../../tools/load/verdict.ts';

function metrics(expected: number, received: number, flagged = 0, gaps = 0): Metrics {
  return {
    events_expected: { count: expected },
    events_received: { count: received },
    events_flagged: { count: flagged },
    gaps: { count: gaps, thresholds: { 'count==0': gaps > 0 } },
  };
}

describe('the verdict on a load test', () => {
  test('a run in which all came, or was told as lost, is good', () => {
    assert.deepEqual(problemsOf(0, metrics(10, 10)), []);
    assert.deepEqual(problemsOf(0, metrics(10, 7, 3)), []);
  });

  test('a crossed threshold is told with what was measured', () => {
    assert.deepEqual(problemsOf(99, metrics(10, 8, 0, 2)), ['gaps is count 2, and must be count==0']);
  });

  test('a delivery that is missing in the account fails the run although k6 found nothing', () => {
    assert.match(problemsOf(0, metrics(10, 9)).join(), /10 events were expected: 9 came/);
  });

  test('one that nobody published fails it too', () => {
    assert.equal(problemsOf(0, metrics(10, 11)).length, 1);
  });

  test('a run in which nothing was expected shows nothing', () => {
    assert.equal(problemsOf(0, metrics(0, 0)).length, 1);
  });

  test('a k6 that ended otherwise than it should fails it', () => {
    assert.deepEqual(problemsOf('SIGKILL', metrics(1, 1)), ['k6 ended with SIGKILL']);
    assert.deepEqual(problemsOf(99, metrics(1, 1)), ['k6 ended with 99']);
    assert.deepEqual(problemsOf(107, undefined), ['k6 ended with 107 and left no summary']);
  });
});
