import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Timeouts } from '../../src/time/timeouts.ts';
import { ManualClock } from '../support/manual-clock.ts';

interface Item {
  readonly name: string;
}

class Recorded {
  readonly clock = new ManualClock();
  readonly fired: string[] = [];
  onDue: (item: Item) => void = () => {};
  readonly timeouts: Timeouts<Item> = new Timeouts(this.clock, 100, (item) => {
    this.fired.push(`${item.name}@${this.clock.monotonic()}`);
    this.onDue(item);
  });
}

const a = { name: 'a' };
const b = { name: 'b' };
const c = { name: 'c' };

describe('Timeouts', () => {
  it('each item falls due the same time after it was added, with one timer for all', () => {
    const { clock, timeouts, fired } = new Recorded();
    timeouts.add(a);
    clock.advance(30);
    timeouts.add(b);
    clock.advance(30);
    timeouts.add(c);
    assert.equal(clock.timerCount, 1);
    clock.advance(1_000);
    assert.deepEqual(fired, ['a@100', 'b@130', 'c@160']);
    assert.equal(clock.timerCount, 0);
  });

  it('an item that is deleted does not fall due, and the last one takes the timer with it', () => {
    const { clock, timeouts, fired } = new Recorded();
    timeouts.add(a);
    timeouts.add(b);
    timeouts.delete(a);
    timeouts.delete(a);
    assert.equal(clock.timerCount, 1);
    timeouts.delete(b);
    assert.equal(clock.timerCount, 0);
    clock.advance(1_000);
    assert.deepEqual(fired, []);
  });

  it('an item that is added again starts anew', () => {
    const { clock, timeouts, fired } = new Recorded();
    timeouts.add(a);
    clock.advance(60);
    timeouts.add(b);
    timeouts.add(a);
    clock.advance(1_000);
    assert.deepEqual(fired, ['b@160', 'a@160']);
  });

  it('items that are added again while they fall due keep their period, and hold up no other', () => {
    const recorded = new Recorded();
    const { clock, timeouts, fired } = recorded;
    recorded.onDue = (item) => timeouts.add(item);
    timeouts.add(a);
    clock.advance(40);
    timeouts.add(b);
    clock.advance(200);
    assert.deepEqual(fired, ['a@100', 'b@140', 'a@200', 'b@240']);
    assert.equal(clock.timerCount, 1);
  });

  it('one that falls due may delete and add others: there is one timer at most', () => {
    const recorded = new Recorded();
    const { clock, timeouts, fired } = recorded;
    recorded.onDue = () => {
      timeouts.delete(b);
      recorded.onDue = () => {};
      timeouts.add(c);
    };
    timeouts.add(a);
    timeouts.add(b);
    clock.advance(100);
    assert.equal(clock.timerCount, 1);
    clock.advance(1_000);
    assert.deepEqual(fired, ['a@100', 'c@200']);
    assert.equal(clock.timerCount, 0);
  });
});
