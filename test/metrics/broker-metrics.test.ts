import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BrokerMetrics } from '../../src/metrics/broker-metrics.ts';

test('the first contact is no reconnect; each return after a loss is one, and news of one that is up are none', () => {
  const counts = new BrokerMetrics('kafka');
  counts.changed(false);
  counts.changed(true);
  assert.equal(counts.reconnects, 0);
  counts.changed(true);
  assert.equal(counts.reconnects, 0);
  for (const up of [false, false, true, false, true]) counts.changed(up);
  assert.equal(counts.reconnects, 2);
  assert.equal(counts.up, true);
});
