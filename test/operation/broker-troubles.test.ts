import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BrokerFailure } from '../../src/error/broker-failure.ts';
import type { LogFields } from '../../src/log/logger.ts';
import { BrokerTroubles } from '../../src/operation/broker-troubles.ts';
import { ManualClock } from '../support/manual-clock.ts';

const REASON = 'connect ECONNREFUSED 10.1.2.3:9092';

function troublesWith(verboseErrors: boolean): { troubles: BrokerTroubles; clock: ManualClock; lines: LogFields[] } {
  const clock = new ManualClock();
  const lines: LogFields[] = [];
  const log = { info() {}, error() {}, warn: (_: string, fields: LogFields = {}) => lines.push(fields) };
  return { troubles: new BrokerTroubles({ log, clock, verboseErrors }), clock, lines };
}

test('A70: why a broker failed is in the log, not in the error', () => {
  const { troubles, lines } = troublesWith(false);
  const codes = (['publish unavailable', 'publish indeterminate', 'read unavailable'] as const).map((kind) => {
    const told = troubles.told(new BrokerFailure(kind, REASON));
    assert.doesNotMatch(JSON.stringify(told.toWire()), /ECONNREFUSED|10\.1/);
    return told.code;
  });
  assert.deepEqual(codes, ['BROKER_UNAVAILABLE', 'PUBLISH_INDETERMINATE', 'BROKER_UNAVAILABLE']);
  assert.equal(lines[0]?.['reason'], REASON);
});

test('in development clients are told the reason too', () => {
  const { troubles } = troublesWith(true);
  assert.match(troubles.told(new BrokerFailure('read unavailable', REASON)).message, /Reason: connect ECONNREFUSED/);
});

test('a broker that fails every operation does not flood the log', () => {
  const { troubles, clock, lines } = troublesWith(false);
  for (let count = 0; count < 1_000; count += 1) troubles.told(new BrokerFailure('publish unavailable', REASON));
  assert.equal(lines.length, 1);
  clock.advance(10_000);
  troubles.told(new BrokerFailure('publish unavailable', REASON));
  assert.equal(lines.length, 2);
  assert.equal(lines[1]?.['othersSinceTheLastLine'], 999);
});
