import assert from 'node:assert/strict';
import type { PublishOutcome } from '../../src/broker/outcome.ts';

/** What a rule published: each value once, with the answer it got. In the order of the calls. */
export type Published = ReadonlyMap<string, PublishOutcome>;

/**
 * J1, J2, J3: what publishers were told against what the broker holds.
 * `keepsAcknowledged` false waives J1 alone (a Redis that restarted empty).
 */
export function answersAreTrue(published: Published, stored: readonly string[], keepsAcknowledged = true): void {
  const copies = new Map<string, number>();
  for (const value of stored) copies.set(value, (copies.get(value) ?? 0) + 1);
  for (const [value, outcome] of published) {
    const count = copies.get(value) ?? 0;
    switch (outcome.type) {
      case 'acknowledged':
        if (keepsAcknowledged) assert.equal(count, 1, `J1: ${value} was acknowledged`);
        else assert.ok(count <= 1, `${value} is doubled`);
        break;
      case 'indeterminate':
        assert.ok(count <= 1, `J3: ${value} is indeterminate and stored ${count} times`);
        break;
      case 'rejected':
      case 'unavailable':
        assert.equal(count, 0, `J2: ${value} was ${outcome.type}: ${outcome.reason}`);
        break;
      default:
        outcome satisfies never;
    }
  }
}

/** J5: `seen` is an ordered part of what was called, none twice, and nothing that a publisher was told is not there. */
export function seenInOrder(published: Published, seen: readonly string[]): void {
  const order = [...published.keys()];
  let at = -1;
  for (const value of seen) {
    const next = order.indexOf(value);
    assert.ok(next >= 0, `${value} was never published`);
    assert.ok(next > at, `J5: ${value} came twice or out of order`);
    at = next;
    const outcome = published.get(value);
    assert.ok(outcome?.type === 'acknowledged' || outcome?.type === 'indeterminate', `${value} was ${outcome?.type}`);
  }
}
