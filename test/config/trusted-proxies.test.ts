import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkTest, trustedProxiesType } from '../../src/config/trusted-proxies.ts';

test('A9: trusted proxies are a number of hops, or networks and addresses', () => {
  assert.deepEqual(trustedProxiesType.parse('2', '/'), { type: 'value', value: { type: 'hops', count: 2 } });
  assert.deepEqual(trustedProxiesType.parse('10.0.0.0/8, fd00::/8,192.0.2.1', '/'), {
    type: 'value',
    value: { type: 'networks', networks: ['10.0.0.0/8', 'fd00::/8', '192.0.2.1'] },
  });
  for (const text of [
    '0',
    '-1',
    '1.5',
    'all',
    '10.0.0.0/33',
    'fd00::/129',
    '10.0.0.0/',
    '/8',
    '10.0.0/8',
    '10.0.0.1,',
    'proxy.local',
    'fe80::1%eth0',
  ]) {
    assert.equal(trustedProxiesType.parse(text, '/').type, 'invalid', text);
  }
});

test('A9: an address is in a network of its own family only', () => {
  const contains = networkTest(['10.0.0.0/8', '2001:db8::/32', '192.0.2.1']);
  for (const address of ['10.255.0.1', '192.0.2.1', '2001:db8::1', '::ffff:10.0.0.1'])
    assert.ok(contains(address), address);
  for (const address of ['11.0.0.1', '192.0.2.2', '2001:db9::1', '::ffff:11.0.0.1'])
    assert.ok(!contains(address), address);
});
