import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressKey } from '../../../src/operation/callers/address-key.ts';

test('A20: an IPv4 address is one client, in whatever form it comes', () => {
  for (const address of [
    '192.0.2.7',
    '::ffff:192.0.2.7',
    '::ffff:c000:207',
    '0000:0000:0000:0000:0000:ffff:c000:0207',
  ]) {
    assert.equal(addressKey(address), '192.0.2.7', address);
  }
});

test('A20: all IPv6 addresses of one network of 64 bits are one client', () => {
  for (const address of [
    '2001:db8:1:2::1',
    '2001:DB8:1:2:ffff:ffff:ffff:ffff',
    '2001:0db8:0001:0002:0000:0000:0000:0001',
    '2001:db8:1:2::192.0.2.7',
    '2001:db8:1:2::1%eth0',
  ]) {
    assert.equal(addressKey(address), '2001:db8:1:2::/64', address);
  }
  assert.notEqual(addressKey('2001:db8:1:3::1'), addressKey('2001:db8:1:2::1'));
  assert.equal(addressKey('::1'), '0:0:0:0::/64');
});

test('A20: what is no address is one client, not a fresh one each time', () => {
  for (const text of ['', 'x', '1.2.3', '1.2.3.4.5', ':::', '2001:db8', '__proto__'])
    assert.equal(addressKey(text), 'unknown');
});
