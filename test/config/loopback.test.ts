import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLoopback } from '../../src/config/loopback.ts';

test('A77: only addresses that stay on the machine are loopback', () => {
  for (const host of [
    '127.0.0.1',
    '127.9.9.9',
    'localhost',
    'LOCALHOST',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
  ]) {
    assert.equal(isLoopback(host), true, host);
  }
  for (const host of [
    '0.0.0.0',
    '::',
    '10.0.0.1',
    '126.255.255.255',
    '128.0.0.1',
    'example.org',
    'localhost.example.org',
    '::ffff:10.0.0.1',
    '::2',
    '',
  ]) {
    assert.equal(isLoopback(host), false, host);
  }
});
