import assert from 'node:assert/strict';
import { test } from 'node:test';
import { earliestPlace, type StreamState, whyExpired } from '../../../src/broker/redis-streams/stream-state.ts';

/** Ten entries were added, 10-0 to 19-0; the first four were trimmed. */
const state: StreamState = { epoch: 'e', last: '19-0', ordinal: 10, length: 6, first: '14-0', deleted: '0-0' };

const verdict = (id: string, ordinal: number, exists: boolean, of: StreamState = state): string =>
  whyExpired(of, 'e', { type: 'redis-stream', id, ordinal }, exists) ?? 'valid';

test('F7: a place expires when an entry behind it was trimmed, not when only its own was', () => {
  assert.equal(verdict('12-0', 3, false), 'trimmed');
  assert.equal(verdict('13-0', 4, false), 'valid');
  assert.equal(verdict('14-0', 5, true), 'valid');
  assert.equal(verdict('19-0', 10, true), 'valid');
  const empty = { ...state, length: 0, first: '0-0' };
  assert.equal(verdict('19-0', 10, false, empty), 'valid', 'a quiet cursor');
  assert.equal(
    verdict('19-0', 8, false, empty),
    'valid',
    'whose ordinal is the lower bound that a start by time gives',
  );
  assert.equal(verdict('18-0', 9, false, empty), 'trimmed');
});

test('F2: a place of entries that were cut off has expired, also when the stream has grown again', () => {
  assert.equal(verdict('20-0', 11, false), 'truncated');
  assert.equal(verdict('19-1', 10, false), 'truncated');
  assert.equal(verdict('17-5', 8, false), 'truncated', 'another entry stands in its place');
  assert.equal(verdict('13-0', 7, false), 'truncated', 'fewer are gone than it had seen');
});

test('the epoch comes first', () => {
  assert.equal(whyExpired(state, 'other', { type: 'redis-stream', id: '19-0', ordinal: 10 }, true), 'recreated');
});

test('XDEL of a place’s own entry is no loss', () => {
  assert.equal(verdict('16-0', 7, false, { ...state, deleted: '16-0' }), 'valid');
  assert.equal(verdict('16-0', 7, false, { ...state, deleted: '15-0' }), 'truncated');
});

test('the earliest place stands before the first entry that is kept', () => {
  const earliest = earliestPlace(state);
  assert.deepEqual(earliest, { type: 'redis-stream', id: '13-18446744073709551615', ordinal: 4 });
  assert.equal(verdict(earliest.id, earliest.ordinal, false), 'valid');
  assert.deepEqual(earliestPlace({ ...state, length: 10 }), { type: 'redis-stream', id: '0-0', ordinal: 0 });
  assert.deepEqual(earliestPlace({ ...state, length: 0 }), { type: 'redis-stream', id: '19-0', ordinal: 10 });
});
