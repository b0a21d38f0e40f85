import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AddressTable } from '../../../src/operation/callers/address-table.ts';

test('A37: addresses without sockets are bounded in number, the least recently used goes first', () => {
  const table = new AddressTable(3);
  const entry = table.get('a');
  for (const key of ['b', 'c', 'a', 'd', 'e']) table.get(key);
  assert.equal(table.size, 3);
  assert.equal(table.get('a'), entry);
  for (let index = 0; index < 10_000; index += 1) table.get(`attacker ${index}`);
  assert.equal(table.size, 3);
  assert.notEqual(table.get('a'), entry);
});

test('A37: an address with an open socket is never forgotten', () => {
  const table = new AddressTable(2);
  table.opened('a');
  table.opened('a');
  for (const key of ['b', 'c', 'd']) table.get(key);
  assert.equal(table.get('a').sockets, 2);
  table.closed('a');
  table.closed('a');
  assert.equal(table.get('a').sockets, 0);
  for (const key of ['b', 'c', 'd']) table.get(key);
  assert.equal(table.size, 2);
});

test('A57: names of Object.prototype are addresses like any other', () => {
  const table = new AddressTable(10);
  table.opened('__proto__');
  assert.equal(table.get('__proto__').sockets, 1);
  assert.equal(table.get('constructor').sockets, 0);
});
