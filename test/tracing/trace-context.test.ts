import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTraceContext, readTraceparent, traceIdOf } from '../../src/tracing/trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const SOUND = `00-${TRACE}-${SPAN}-01`;

test('a traceparent of version 00 is taken as it is', () => {
  assert.equal(readTraceparent(SOUND), SOUND);
  assert.equal(traceIdOf({ traceparent: SOUND, tracestate: undefined, isRemote: true }), TRACE);
});

test('a later version is read as 00, without what it adds', () => {
  assert.equal(readTraceparent(`cc-${TRACE}-${SPAN}-01-what-the-future-brings`), SOUND);
  assert.equal(readTraceparent(`cc-${TRACE}-${SPAN}-01`), SOUND);
});

test('what is no traceparent is none', () => {
  for (const text of [
    undefined,
    null,
    7,
    {},
    '',
    `ff-${TRACE}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE}-${SPAN}-0`,
    `00-${TRACE}-${SPAN}-01\n`,
    `cc-${TRACE}-${SPAN}-01.more`,
    `cc-${TRACE}-${SPAN}-01-${'x'.repeat(1_000)}`,
  ]) {
    assert.equal(readTraceparent(text), undefined, JSON.stringify(text));
  }
});

test('a tracestate that cannot be passed on is dropped, and its trace goes on', () => {
  assert.equal(readTraceContext(SOUND, 'a=1,b=2')?.tracestate, 'a=1,b=2');
  for (const state of ['', 'a=\u0001', 'a=ü', 'x'.repeat(513), 7, undefined]) {
    const context = readTraceContext(SOUND, state);
    assert.deepEqual(context, { traceparent: SOUND, tracestate: undefined, isRemote: true });
  }
  assert.equal(readTraceContext('x', 'a=1'), undefined);
});
