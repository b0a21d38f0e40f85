import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkTest } from '../../../src/config/trusted-proxies.ts';
import { clientAddress, type ProxyTrust } from '../../../src/protocol/http/client-address.ts';

function address(peer: string, forwardedFor: readonly string[], trust: ProxyTrust): string {
  return clientAddress({ peer: () => peer, forwardedFor: () => forwardedFor }, trust);
}

const NETWORKS: ProxyTrust = { type: 'networks', contains: networkTest(['10.0.0.0/8', '192.0.2.53', 'fd00::/8']) };
const hops = (count: number): ProxyTrust => ({ type: 'hops', count });

test('A9: without trusted proxies X-Forwarded-For is not even read', () => {
  const source = { peer: () => '10.0.0.1', forwardedFor: () => assert.fail('it was read') };
  assert.equal(clientAddress(source, { type: 'none' }), '10.0.0.1');
});

test('A9: a peer that is no trusted proxy is the client, whatever it says', () => {
  assert.equal(address('203.0.113.9', ['198.51.100.1'], NETWORKS), '203.0.113.9');
});

test('A9: the rightmost untrusted address wins, what stands left of it may be forged', () => {
  assert.equal(address('10.0.0.1', ['1.1.1.1, 198.51.100.1, 192.0.2.53'], NETWORKS), '198.51.100.1');
  assert.equal(address('fd00::7', ['10.9.9.9, 198.51.100.1'], NETWORKS), '198.51.100.1');
});

test('A9: several headers are one list: the last one is the newest', () => {
  assert.equal(address('10.0.0.1', ['1.1.1.1', '198.51.100.1, 10.0.0.2'], NETWORKS), '198.51.100.1');
});

test('A9: with a number of hops the entry that so many proxies wrote wins', () => {
  const list = ['1.1.1.1, 198.51.100.1, 192.0.2.53'];
  assert.equal(address('203.0.113.9', list, hops(1)), '192.0.2.53');
  assert.equal(address('203.0.113.9', list, hops(2)), '198.51.100.1');
  assert.equal(address('203.0.113.9', ['198.51.100.1'], hops(3)), '198.51.100.1');
  assert.equal(address('203.0.113.9', [], hops(1)), '203.0.113.9');
});

test('A9: what is no address ends the list: the proxy that wrote it is counted', () => {
  for (const entry of ['unknown', '', '_hidden', '1.2.3', 'evil\r\nx', '[::1', '1.2.3.4:x']) {
    assert.equal(address('10.0.0.1', [`198.51.100.1, ${entry}`], NETWORKS), '10.0.0.1', entry);
  }
});

test('A9: ports and brackets are taken off', () => {
  assert.equal(address('10.0.0.1', ['198.51.100.1:5000'], NETWORKS), '198.51.100.1');
  assert.equal(address('10.0.0.1', ['[2001:db8::1]:5000'], NETWORKS), '2001:db8::1');
  assert.equal(address('10.0.0.1', ['2001:db8::1'], NETWORKS), '2001:db8::1');
});

test('A9: a proxy is known in its IPv6-mapped form too, as sockets that listen on both have it', () => {
  assert.equal(address('0000:0000:0000:0000:0000:ffff:0a00:0001', ['198.51.100.1'], NETWORKS), '198.51.100.1');
});
