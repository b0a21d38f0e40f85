import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DebugReport } from '../../src/admin/debug-report.ts';
import type { HealthReport, Readiness } from '../../src/admin/health.ts';
import { joinedHealth, joinedReadiness, type WorkerReport } from '../../src/workers/joined-reports.ts';

const SINCE = '2026-01-01T00:00:00.000Z';
const HEALTHY: HealthReport = { healthy: true, brokers: { kafka: { status: 'up', since: SINCE } } };
const DOWN: HealthReport = {
  healthy: false,
  brokers: { kafka: { status: 'down', since: SINCE, detail: 'no answer' } },
};

function worker(number: number, readiness: Readiness = { ready: true }, health = HEALTHY): WorkerReport {
  return { worker: number, answered: true, report: { metrics: [], readiness, health, debug: NOTHING_OPEN } };
}

const NOTHING_OPEN: DebugReport = {
  ratesOverSeconds: 0,
  topics: [],
  streams: [],
  connections: { total: 0, slowest: [] },
};

const GONE: WorkerReport = { worker: 2, answered: false, report: undefined };

describe('readiness of several workers', () => {
  it('is there when all are ready', () => {
    assert.deepEqual(joinedReadiness([worker(1), worker(2)], false), { ready: true });
  });

  it('is not there while one is missing, does not answer, or is not ready; the worker is named', () => {
    assert.deepEqual(joinedReadiness([worker(1), GONE], false), { ready: false, reason: 'waiting for worker 2' });
    const stuck = { ...worker(1), answered: false };
    assert.deepEqual(joinedReadiness([stuck, worker(2)], false), { ready: false, reason: 'waiting for worker 1' });
    assert.deepEqual(joinedReadiness([worker(1), worker(2, { ready: false, reason: 'first contact' })], false), {
      ready: false,
      reason: 'worker 2: first contact',
    });
  });

  it('keeps what a ready worker has to add, unless another one is not ready', () => {
    const never = worker(1, { ready: true, reason: 'never reached: kafka' });
    assert.deepEqual(joinedReadiness([never, worker(2)], false), {
      ready: true,
      reason: 'worker 1: never reached: kafka',
    });
    assert.equal(joinedReadiness([never, worker(2, { ready: false })], false).ready, false);
  });

  it('is not there while draining, whatever the workers say', () => {
    assert.deepEqual(joinedReadiness([worker(1), worker(2)], true), { ready: false, reason: 'draining' });
  });
});

describe('health of several workers', () => {
  it('is good when all are there and see their brokers', () => {
    assert.deepEqual(joinedHealth([worker(1), worker(2)]), {
      healthy: true,
      brokers: { kafka: { status: 'up', since: SINCE } },
      workers: { expected: 2, ready: 2 },
    });
  });

  it('of each broker the worst view counts, and says whose it is', () => {
    for (const [order, reports] of [
      [2, [worker(1), worker(2, { ready: true }, DOWN)]],
      [1, [worker(1, { ready: true }, DOWN), worker(2)]],
    ] as const) {
      const { healthy, brokers } = joinedHealth(reports);
      assert.equal(healthy, false);
      assert.deepEqual(brokers.kafka, { status: 'down', since: SINCE, detail: `worker ${order}: no answer` });
    }
  });

  it('a worker that is missing is not healthy, although the others are', () => {
    const { healthy, workers } = joinedHealth([worker(1), GONE, worker(3)]);
    assert.equal(healthy, false);
    assert.deepEqual(workers, { expected: 3, ready: 2 });
  });
});
