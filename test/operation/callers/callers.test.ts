import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOOPBACK_LIMITS } from '../../../src/config/limit-options.ts';
import type { OperationError } from '../../../src/error/operation-error.ts';
import { type CallerLimits, Callers, NO_CALLER_LIMITS } from '../../../src/operation/callers/callers.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function callersWith(limits: Partial<CallerLimits>): {
  callers: Callers;
  clock: ManualClock;
  drops: string[];
  warnings: unknown[];
} {
  const clock = new ManualClock();
  const drops: string[] = [];
  const warnings: unknown[] = [];
  const callers = new Callers({
    limits: { ...NO_CALLER_LIMITS, ...limits },
    clock,
    metrics: { countDrop: (reason) => drops.push(reason) },
    log: { info() {}, error() {}, warn: (_message, fields) => warnings.push(fields) },
  });
  return { callers, clock, drops, warnings };
}

function factsOf(error: OperationError | undefined): unknown {
  assert.ok(error !== undefined, 'it was let through');
  assert.equal(error.code, 'LIMIT_EXCEEDED');
  return error.facts;
}

test('A22: the operations of one socket are limited, those of another are not touched', () => {
  const { callers, clock, drops } = callersWith({ maxOperationsPerSecond: 5 });
  const one = callers.caller(() => '192.0.2.1');
  const other = callers.caller(() => '192.0.2.1');
  for (let count = 0; count < 10; count += 1) assert.equal(one.admit(), undefined);
  assert.deepEqual(factsOf(one.admit()), { limit: 'maxOperationsPerSecond', value: 5, retryAfterMs: 200 });
  assert.equal(other.admit(), undefined);
  assert.deepEqual(drops, ['rate_limit']);
  // The try in vain is paid for too.
  clock.advance(400);
  assert.equal(one.admit(), undefined);
  assert.equal(one.flooding, false);
  for (let count = 0; count < 11; count += 1) one.admit();
  assert.equal(one.flooding, true);
  assert.equal(other.flooding, false);
});

test('A22: the operations of one address are limited over all its sockets and requests', () => {
  const { callers, clock } = callersWith({ maxOperationsPerAddress: 5 });
  for (let count = 0; count < 10; count += 1) assert.equal(callers.caller(() => '192.0.2.1').admit(), undefined);
  const late = callers.caller(() => '::ffff:192.0.2.1');
  assert.deepEqual(factsOf(late.admit()), { limit: 'maxOperationsPerAddress', value: 5, retryAfterMs: 200 });
  assert.equal(callers.caller(() => '192.0.2.2').admit(), undefined);
  clock.advance(200);
  assert.equal(late.admit(), undefined);
});

test('A20: the sockets of one address are limited, and a closed one makes room once', () => {
  const { callers } = callersWith({ maxSocketsPerAddress: 2 });
  const open = (address: string): ReturnType<typeof callers.caller> => callers.caller(() => address);
  const first = open('192.0.2.1');
  assert.equal(first.open(), undefined);
  assert.equal(open('192.0.2.1').open(), undefined);
  const third = open('192.0.2.1');
  assert.deepEqual(factsOf(third.open()), { limit: 'maxSocketsPerAddress', value: 2, retryAfterMs: 5_000 });
  third.close();
  assert.ok(third.open() !== undefined);
  assert.equal(open('192.0.2.2').open(), undefined);
  first.close();
  first.close();
  assert.equal(third.open(), undefined);
  assert.ok(open('192.0.2.1').open() !== undefined);
});

test('A20: how fast one address opens sockets is limited', () => {
  const { callers, clock } = callersWith({ maxConnectionsPerSecond: 1 });
  const open = (): OperationError | undefined => {
    const caller = callers.caller(() => '192.0.2.1');
    const error = caller.open();
    caller.close();
    return error;
  };
  assert.equal(open(), undefined);
  assert.equal(open(), undefined);
  assert.deepEqual(factsOf(open()), { limit: 'maxConnectionsPerSecond', value: 1, retryAfterMs: 1_000 });
  clock.advance(1_000);
  assert.equal(open(), undefined);
});

test('A37: many addresses leave a bounded table', () => {
  const { callers } = callersWith({ maxOperationsPerAddress: 1 });
  for (let index = 0; index < 30_000; index += 1) {
    callers.caller(() => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`).admit();
  }
  assert.equal(callers.table.size, 10_000);
});

test('without limits nobody is asked for an address, and nobody is refused', () => {
  // The settings' other limits, which come in the same object, are none of one client.
  const settings: CallerLimits = { ...LOOPBACK_LIMITS };
  const { callers } = callersWith(settings);
  const caller = callers.caller(() => assert.fail('the address was asked for'));
  for (let count = 0; count < 10_000; count += 1) assert.equal(caller.admit(), undefined);
  assert.equal(caller.open(), undefined);
});

test('the log hears of a limit that is hit once a minute, however often it is', () => {
  const { callers, clock, warnings } = callersWith({ maxOperationsPerSecond: 1 });
  const caller = callers.caller(() => '192.0.2.1');
  for (let count = 0; count < 100; count += 1) caller.admit();
  assert.deepEqual(warnings, [{ address: '192.0.2.1', limit: 'maxOperationsPerSecond', value: 1 }]);
  clock.advance(60_000);
  for (let count = 0; count < 100; count += 1) caller.admit();
  assert.equal(warnings.length, 2);
});
