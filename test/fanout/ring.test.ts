import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Event } from '../../src/fanout/event.ts';
import { Ring, RingBudget } from '../../src/fanout/ring.ts';
import type { PartitionPosition } from '../../src/routing/position.ts';
import { ephemeralTopics } from '../broker/topics.ts';

const at = (sequence: number): PartitionPosition => ({ type: 'log', sequence });
const event = (sequence: number): { get(): Event } => ({
  get: () => ({
    type: 'invalid',
    topic: ephemeralTopics.plain,
    instance: undefined,
    reason: String(sequence),
    position: undefined,
    timestamp: sequence,
  }),
});
const reasons = (ring: Ring, position: number, maxBytes = 1_000_000): string[] =>
  ring.after(at(position), maxBytes).map((entry) => (entry.event.type === 'invalid' ? entry.event.reason : ''));

describe('Ring', () => {
  test('a reader inside gets what follows its position, in order, and nothing at the head', () => {
    const ring = new Ring(new RingBudget(), at(10));
    for (const sequence of [11, 12, 15]) ring.push(event(sequence), at(sequence), 10);
    assert.deepEqual(reasons(ring, 10), ['11', '12', '15']);
    assert.deepEqual(reasons(ring, 12), ['15']);
    assert.deepEqual(reasons(ring, 13), ['15']);
    assert.deepEqual(reasons(ring, 15), []);
    assert.deepEqual(reasons(ring, 10, 500), ['11', '12']);
    assert.deepEqual(reasons(ring, 10, 1), ['11']);
  });

  test('it contains positions from where the tail began, and no earlier one', () => {
    const ring = new Ring(new RingBudget(), at(10));
    assert.equal(ring.contains(at(9)), false);
    assert.equal(ring.contains(at(10)), true);
    ring.push(event(11), at(11), 10);
    assert.equal(ring.contains(at(10)), true);
    assert.equal(ring.contains(at(11)), true);
  });

  test('an evicted event moves the start past itself, so that no hole is ever served', () => {
    const ring = new Ring(new RingBudget(1_500), at(0));
    for (let sequence = 1; sequence <= 10; sequence += 1) ring.push(event(sequence), at(sequence), 100);
    assert.equal(ring.size, 3);
    assert.equal(ring.contains(at(6)), false);
    assert.deepEqual(reasons(ring, 7), ['8', '9', '10']);
  });

  test('a skipped record moves the head, and the start of an empty ring with it', () => {
    const ring = new Ring(new RingBudget(), at(0));
    ring.advance(at(5));
    assert.equal(ring.contains(at(4)), false);
    ring.push(event(6), at(6), 10);
    ring.advance(at(7));
    assert.deepEqual(ring.head, at(7));
    assert.equal(ring.contains(at(5)), true);
  });

  test('cleared, it starts anew at its head and holds nothing', () => {
    const budget = new RingBudget();
    const ring = new Ring(budget, at(0));
    ring.push(event(1), at(1), 10);
    ring.clear();
    assert.equal(budget.bytes, 0);
    assert.equal(ring.contains(at(0)), false);
    assert.equal(ring.contains(at(1)), true);
  });
});

describe('RingBudget', () => {
  test('the bound holds over all rings, and the oldest by arrival goes first', () => {
    const budget = new RingBudget(5_000);
    const busy = new Ring(budget, at(0));
    const quiet = new Ring(budget, at(0));
    for (let sequence = 1; sequence <= 50; sequence += 1) busy.push(event(sequence), at(sequence), 100);
    quiet.push(event(1), at(1), 100);
    for (let sequence = 51; sequence <= 55; sequence += 1) busy.push(event(sequence), at(sequence), 100);
    assert.ok(budget.bytes <= 5_000);
    assert.equal(quiet.size, 1);
    for (let sequence = 56; sequence <= 70; sequence += 1) busy.push(event(sequence), at(sequence), 100);
    assert.equal(quiet.size, 0);
    assert.equal(busy.size, 10);
  });

  test('rings that come and go leave nothing behind', () => {
    const budget = new RingBudget(5_000);
    for (let round = 0; round < 5_000; round += 1) {
      const ring = new Ring(budget, at(0));
      ring.push(event(1), at(1), 100);
      ring.clear();
    }
    assert.equal(budget.bytes, 0);
    const ring = new Ring(budget, at(0));
    for (let sequence = 1; sequence <= 20; sequence += 1) ring.push(event(sequence), at(sequence), 100);
    assert.equal(ring.size, 10);
  });
});
