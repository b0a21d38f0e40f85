import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DropReason } from '../../src/metrics/gateway-metrics.ts';
import { MemoryWatermark } from '../../src/transport/memory-watermark.ts';
import { WaitingBytes, type WaitingSocket } from '../../src/transport/waiting-bytes.ts';
import { ManualClock } from '../support/manual-clock.ts';

const MAX = 1_000;

class StalledSocket implements WaitingSocket {
  waitingBytes = 0;
  shedCount = 0;
  readonly #waiting: WaitingBytes;

  constructor(waiting: WaitingBytes, bytes: number) {
    this.#waiting = waiting;
    waiting.update(this, bytes);
  }

  /** Like a real one: it lingers first, then it is given up. */
  shed(): boolean {
    this.shedCount += 1;
    if (this.shedCount === 2) this.#waiting.update(this, 0);
    return this.shedCount === 1;
  }
}

/** A watermark over a resident set that is what the test says. */
class Process {
  readonly clock = new ManualClock();
  readonly waiting = new WaitingBytes();
  readonly drops: DropReason[] = [];
  readonly changes: string[] = [];
  resident: number;
  readonly watermark: MemoryWatermark;

  constructor(resident: number) {
    this.resident = resident;
    this.watermark = new MemoryWatermark({
      maxBytes: MAX,
      readMemory: () => this.resident,
      waiting: this.waiting,
      clock: this.clock,
      drops: { countDrop: (reason) => this.drops.push(reason) },
      onChange: (above, bytes) => this.changes.push(`${above ? 'above' : 'below'} ${bytes}`),
    });
  }

  stalled(bytes: number): StalledSocket {
    this.resident += bytes;
    return new StalledSocket(this.waiting, bytes);
  }

  /** The next look at memory. */
  look(): void {
    this.clock.advance(1_000);
  }
}

describe('the memory watermark', () => {
  it('below the bound everything is taken on, at the bound too', () => {
    const process = new Process(MAX);
    process.look();
    assert.equal(process.watermark.refusal(), undefined);
    assert.deepEqual(process.drops, []);
    assert.deepEqual(process.changes, []);
  });

  it('above it new work is refused and counted, until it is below again', () => {
    const process = new Process(MAX);
    process.resident = MAX + 1;
    assert.equal(process.watermark.refusal(), undefined);
    process.look();
    assert.equal(process.watermark.refusal(), MAX);
    assert.equal(process.watermark.refusal(), MAX);
    assert.deepEqual(process.drops, ['memory_refused', 'memory_refused']);
    process.resident = MAX;
    process.look();
    assert.equal(process.watermark.refusal(), undefined);
    assert.deepEqual(process.changes, ['above 1001', 'below 1000']);
  });

  it('sheds the slowest first, and only as many as make up for the excess', () => {
    const process = new Process(300);
    const [small, large, middle] = [process.stalled(100), process.stalled(300), process.stalled(200)];
    process.resident = MAX + 301;
    process.look();
    assert.deepEqual([large.shedCount, middle.shedCount, small.shedCount], [1, 1, 0]);
    assert.deepEqual(process.drops, ['memory_shed', 'memory_shed']);
  });

  it('one that still holds its bytes at the next look loses them, and is counted once', () => {
    const process = new Process(700);
    const socket = process.stalled(200);
    process.resident = MAX + 50;
    process.look();
    assert.equal(process.waiting.total, 200);
    process.look();
    assert.equal(process.waiting.total, 0);
    assert.equal(socket.shedCount, 2);
    assert.deepEqual(process.drops, ['memory_shed']);
  });

  it('what begins to wait between two looks counts at once: it refuses, and brings the next look forward', () => {
    const process = new Process(900);
    const socket = new StalledSocket(process.waiting, 100);
    assert.equal(process.watermark.refusal(), undefined);
    process.waiting.update(socket, 101);
    process.resident = 1_001;
    assert.equal(process.watermark.refusal(), MAX);
    process.clock.advance(0);
    assert.equal(socket.shedCount, 1);
  });

  it('while it is above, any socket for which something waits counts as full; below it none does', () => {
    const process = new Process(500);
    process.stalled(1);
    assert.equal(process.waiting.above, false);
    process.resident = MAX + 1;
    process.look();
    assert.equal(process.waiting.above, true);
    process.resident = MAX;
    process.look();
    assert.equal(process.waiting.above, false);
  });

  it('what an allocator keeps of shed bytes sheds nobody else, up to a tenth of the bound', () => {
    const process = new Process(920);
    const first = process.stalled(90);
    process.look();
    process.look();
    assert.equal(first.shedCount, 2);
    // The resident set stays where it was, at 1,010.
    const second = process.stalled(0);
    process.waiting.update(second, 40);
    process.look();
    assert.equal(process.watermark.refusal(), undefined);
    assert.equal(second.shedCount, 0);
    process.resident = 1_111;
    process.look();
    assert.equal(second.shedCount, 1);
  });

  it('after close it sets no timer and calls nobody', () => {
    const process = new Process(500);
    process.watermark.close();
    process.watermark.close();
    assert.equal(process.clock.timerCount, 0);
    process.stalled(2 * MAX);
    assert.equal(process.clock.timerCount, 0);
  });
});
