import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isOriginAllowed } from '../../../src/protocol/http/origin.ts';

const ALLOWED: readonly (readonly [origin: string, host: string])[] = [
  ['https://sluice.example.org', 'sluice.example.org'],
  ['https://sluice.example.org', 'sluice.example.org:443'],
  ['http://sluice.example.org:4000', 'sluice.example.org:4000'],
  ['http://sluice.example.org', 'SLUICE.example.org'],
  ['http://localhost:3000', '127.0.0.1:4000'],
  ['http://127.0.0.1:3000', 'localhost:4000'],
  ['http://localhost:3000', '[::1]:4000'],
];

const REFUSED: readonly (readonly [origin: string, host: string])[] = [
  ['null', 'sluice.example.org'],
  ['null', '127.0.0.1:4000'],
  ['https://evil.example', 'sluice.example.org'],
  ['https://sluice.example.org.evil.example', 'sluice.example.org'],
  ['https://evil-sluice.example.org', 'sluice.example.org'],
  ['https://sluice.example.org:444', 'sluice.example.org'],
  ['https://sluice.example.org@evil.example', 'sluice.example.org'],
  ['https://evil.example#sluice.example.org', 'sluice.example.org'],
  ['http://127.0.0.1.evil.example', '127.0.0.1:4000'],
  ['http://localhost.evil.example', 'localhost:4000'],
  ['https://evil.example', '127.0.0.1:4000'],
  ['http://localhost:3000', 'sluice.example.org'],
  ['file://', '127.0.0.1:4000'],
  ['file://localhost', 'localhost'],
  ['https://sluice.example.org/', 'sluice.example.org'],
  ['https://sluice.example.org', ''],
];

describe('Origin of a WebSocket handshake', () => {
  for (const [origin, host] of ALLOWED) {
    it(`A1: "${origin}" may connect to ${host}`, () => {
      assert.equal(isOriginAllowed({ origin, host, cookie: 'session=1' }, undefined), true);
    });
  }
  for (const [origin, host] of REFUSED) {
    it(`A1: "${origin}" may not connect to "${host}"`, () => {
      assert.equal(isOriginAllowed({ origin, host, cookie: 'session=1' }, undefined), false);
    });
  }
  it('A1: a handshake without Origin passes only without a cookie', () => {
    for (const list of [undefined, ['https://app.example.org']]) {
      assert.equal(isOriginAllowed({ origin: '', host: 'sluice.example.org', cookie: '' }, list), true);
      assert.equal(isOriginAllowed({ origin: '', host: 'sluice.example.org', cookie: 'session=1' }, list), false);
    }
  });
  it('A1: with a list, exactly its origins pass', () => {
    const list = ['https://app.example.org'];
    const rest = { host: 'sluice.example.org', cookie: '' };
    assert.equal(isOriginAllowed({ origin: 'https://app.example.org', ...rest }, list), true);
    for (const origin of [
      'https://sluice.example.org',
      'https://app.example.org.evil.example',
      'https://app.example.org/',
      'http://app.example.org',
      'null',
    ]) {
      assert.equal(isOriginAllowed({ origin, ...rest }, list), false, origin);
    }
  });
});
