import assert from 'node:assert/strict';
import { test } from 'node:test';
import { originListType } from '../../src/config/allowed-origins.ts';

test('A5: a list of origins is scheme, host and port as browsers send them, with commas between', () => {
  for (const [text, origins] of [
    ['https://app.example.org', ['https://app.example.org']],
    ['http://localhost:3000, https://a.b:8443', ['http://localhost:3000', 'https://a.b:8443']],
    ['http://[::1]:3000', ['http://[::1]:3000']],
  ] as const) {
    assert.deepEqual(originListType.parse(text, '/'), { type: 'value', value: origins });
  }
});

for (const text of [
  '',
  '*',
  'null',
  'app.example.org',
  'https://app.example.org/',
  'https://app.example.org:443',
  'https://APP.example.org',
  'https://*.example.org',
  'https://u:p@app.example.org',
  'ftp://app.example.org',
  'file://',
  'https://a.b,',
  'https://a.b https://c.d',
]) {
  test(`A5: "${text}" is no list of origins`, () => {
    const parsed = originListType.parse(text, '/');
    assert.equal(parsed.type, 'invalid');
    assert.match(parsed.type === 'invalid' ? parsed.fix : '', /https:\/\/app\.example\.org/);
  });
}
