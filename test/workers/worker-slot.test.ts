import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProcessReport } from '../../src/admin/process-report.ts';
import { StartError } from '../../src/error/start-error.ts';
import type { Logger } from '../../src/log/logger.ts';
import type { Order } from '../../src/workers/messages.ts';
import type { WorkerStart } from '../../src/workers/worker-process.ts';
import { type KeptProcess, WorkerSlot } from '../../src/workers/worker-slot.ts';
import { ManualClock } from '../support/manual-clock.ts';

const REPORT: ProcessReport = {
  metrics: [],
  readiness: { ready: true },
  health: { healthy: true, brokers: {} },
  debug: { ratesOverSeconds: 0, topics: [], streams: [], connections: { total: 0, slowest: [] } },
};

/** A process that does what a test says. */
class ScriptedProcess implements KeptProcess {
  readonly pid = 4242;
  readonly orders: Order[] = [];
  killed = false;
  lastReport: ProcessReport | undefined = REPORT;
  readonly #start = Promise.withResolvers<WorkerStart>();
  readonly #end = Promise.withResolvers<string>();
  readonly started: Promise<WorkerStart> = this.#start.promise;
  readonly ended: Promise<string> = this.#end.promise;

  tell(order: Order): void {
    this.orders.push(order);
  }

  report(): Promise<boolean> {
    return Promise.resolve(true);
  }

  kill(): void {
    this.killed = true;
    this.end('SIGKILL');
  }

  starts(start: WorkerStart): void {
    this.#start.resolve(start);
  }

  end(how: string): void {
    this.#end.resolve(how);
    this.#start.resolve({ type: 'ended', how });
  }
}

class Slot {
  readonly clock = new ManualClock();
  readonly processes: ScriptedProcess[] = [];
  readonly lines: string[] = [];
  readonly reports: unknown[] = [];
  restarts = 0;
  givenUp = 0;
  readonly slot: WorkerSlot;

  constructor() {
    const keep = (message: string): void => void this.lines.push(message);
    const log: Logger = { info: keep, warn: keep, error: keep };
    this.slot = new WorkerSlot({
      number: 3,
      clock: this.clock,
      log,
      spawn: () => {
        const process = new ScriptedProcess();
        this.processes.push(process);
        return process;
      },
      onEnded: (report) => void this.reports.push(report),
      onRestart: () => {
        this.restarts += 1;
      },
      onGivenUp: () => {
        this.givenUp += 1;
      },
    });
  }

  get newest(): ScriptedProcess {
    return this.processes.at(-1) ?? assert.fail('no process was started');
  }

  async started(): Promise<void> {
    const starting = this.slot.start();
    this.newest.starts({ type: 'ready' });
    await starting;
  }
}

/** Everything that promises have to do is done. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the place of a worker', () => {
  it('F24: a process that dies is followed by another one after the pause, and its last report is kept', async () => {
    const test = new Slot();
    await test.started();
    assert.equal(test.slot.ready, true);
    test.newest.end('SIGKILL');
    await settled();
    assert.deepEqual([test.slot.ready, test.restarts, test.reports], [false, 1, [REPORT]]);
    assert.deepEqual(await test.slot.report(0), { worker: 3, answered: false, report: undefined });
    test.clock.advance(99);
    assert.equal(test.processes.length, 1);
    test.clock.advance(1);
    assert.equal(test.processes.length, 2);
    test.newest.starts({ type: 'ready' });
    await settled();
    assert.equal(test.slot.ready, true);
    assert.deepEqual(await test.slot.report(0), { worker: 3, answered: true, report: REPORT });
  });

  it('F24: deaths before it serves count as well; in the end it is given up, once', async () => {
    const test = new Slot();
    await test.started();
    test.newest.end('SIGKILL');
    for (let death = 0; death < 5; death += 1) {
      await settled();
      test.clock.advance(5_000);
      if (death === 0) test.newest.starts({ type: 'refused', problems: ['The topic is gone.'] });
      await settled();
      test.newest.end('exit code 1');
    }
    await settled();
    test.clock.advance(60_000);
    assert.deepEqual([test.processes.length, test.restarts, test.givenUp], [6, 5, 1]);
    assert.ok(test.lines.includes('The topic is gone.'), 'why it cannot start is in the log');
  });

  it('a first start that is refused, or ends without a word, is the error of the whole start', async () => {
    const refused = new Slot();
    const refusal = refused.slot.start();
    refused.newest.starts({ type: 'refused', problems: ['one', 'two'] });
    await assert.rejects(refusal, (error: unknown) => error instanceof StartError && error.problems.length === 2);
    const dead = new Slot();
    const death = dead.slot.start();
    dead.newest.end('exit code 70');
    await assert.rejects(death, /Worker 3 ended \(exit code 70\) before it was ready/);
    dead.clock.advance(60_000);
    assert.equal(dead.processes.length, 1);
  });

  it('an order reaches the process that serves; while none does it is dropped', async () => {
    const test = new Slot();
    const order: Order = { type: 'report' };
    await test.started();
    test.slot.tell(order);
    assert.deepEqual(test.newest.orders, [order]);
    test.newest.end('SIGKILL');
    await settled();
    test.clock.advance(100);
    test.slot.tell(order);
    assert.deepEqual(test.newest.orders, []);
    test.newest.starts({ type: 'ready' });
    await settled();
    test.slot.tell(order);
    assert.deepEqual(test.newest.orders, [order]);
  });

  it('a drain is told with its deadline and waits for the end, after which nothing is started', async () => {
    const test = new Slot();
    await test.started();
    const draining = test.slot.drain(10_000, 30_000);
    assert.equal(test.slot.drain(0, 0), draining);
    assert.deepEqual(test.newest.orders, [{ type: 'drain', deadlineMs: 10_000 }]);
    test.clock.advance(29_999);
    assert.equal(test.newest.killed, false);
    test.newest.end('exit code 0');
    await draining;
    test.clock.advance(60_000);
    await settled();
    assert.deepEqual([test.processes.length, test.restarts, test.newest.killed], [1, 0, false]);
    assert.deepEqual(test.reports, [REPORT], 'what it counted is kept while others still drain');
  });

  it('a process that does not drain in time is killed, and told in the log', async () => {
    const test = new Slot();
    await test.started();
    const draining = test.slot.drain(10_000, 30_000);
    test.clock.advance(30_000);
    await draining;
    assert.equal(test.newest.killed, true);
    assert.ok(test.lines.includes('a worker did not drain in time and is killed'));
  });

  it('a drain between a death and the restart cancels the restart; one during a restart ends what was started', async () => {
    const waiting = new Slot();
    await waiting.started();
    waiting.newest.end('SIGKILL');
    await settled();
    await waiting.slot.drain(10_000, 30_000);
    waiting.clock.advance(60_000);
    assert.equal(waiting.processes.length, 1);

    const starting = new Slot();
    await starting.started();
    starting.newest.end('SIGKILL');
    await settled();
    starting.clock.advance(100);
    const draining = starting.slot.drain(10_000, 30_000);
    assert.deepEqual(starting.newest.orders, [{ type: 'drain', deadlineMs: 10_000 }]);
    starting.newest.end('exit code 0');
    await draining;
    starting.clock.advance(60_000);
    await settled();
    assert.deepEqual([starting.processes.length, starting.slot.ready], [2, false]);
  });
});
