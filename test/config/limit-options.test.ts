import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMIT_NAMES, LIMIT_OPTIONS, LOOPBACK_LIMITS, PUBLIC_LIMITS } from '../../src/config/limit-options.ts';
import { OPTION_LIST } from '../../src/config/options.ts';
import { DEFAULT_HTTP_LIMITS } from '../../src/protocol/http/limits.ts';
import { DEFAULT_CONNECTION_LIMITS } from '../../src/protocol/websocket/limits.ts';

test('every limit is a setting: a flag, a variable and a key in the section limits', () => {
  for (const name of LIMIT_NAMES) {
    const row = OPTION_LIST.find(([key]) => key === name)?.[1];
    assert.deepEqual(row?.path, ['limits', name]);
    assert.match(row?.name ?? '', /^max-[a-z-]+$/);
    assert.equal(row?.variable, `SLUICE_${row?.name.replaceAll('-', '_').toUpperCase()}`);
  }
});

test('a limit that no setting changes is the same for a room that stands alone', () => {
  const rooms: Readonly<Record<string, unknown>> = { ...DEFAULT_HTTP_LIMITS, ...DEFAULT_CONNECTION_LIMITS };
  const shared = LIMIT_NAMES.filter((name) => name in rooms);
  assert.deepEqual(shared, [
    'maxBodyBytes',
    'maxUrlBytes',
    'maxMessageBytes',
    'maxSubscriptions',
    'maxOperationsInFlight',
  ]);
  for (const name of shared) assert.equal(LOOPBACK_LIMITS[name], rooms[name], name);
});

test('only limits on addresses and rates may be 0, and on a loopback host they are', () => {
  for (const name of LIMIT_NAMES) {
    const zero = LIMIT_OPTIONS[name].type.parse('0', '/').type;
    assert.equal(zero, name in PUBLIC_LIMITS ? 'value' : 'invalid', name);
    assert.equal(LOOPBACK_LIMITS[name] === 0, name in PUBLIC_LIMITS, name);
  }
});
