import assert from 'node:assert/strict';
import { test } from 'node:test';
import { traceparentOf } from '../../../src/broker/kafka/trace-headers.ts';

const EVENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const HOP = '00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-00';

function headers(...pairs: readonly (readonly [string | null, string | null])[]): [Buffer | null, Buffer | null][] {
  return pairs.map(([name, value]) => [
    name === null ? null : Buffer.from(name),
    value === null ? null : Buffer.from(value),
  ]);
}

test('the trace of the event counts before that of its last hop, and a broken one for nothing', () => {
  assert.equal(traceparentOf(headers(['traceparent', HOP], ['ce_traceparent', EVENT])), EVENT);
  assert.equal(traceparentOf(headers(['ce_traceparent', 'x'], ['traceparent', HOP])), HOP);
  assert.equal(traceparentOf(headers(['traceparent', HOP], ['ce_traceparent', 'x'])), HOP);
  assert.equal(traceparentOf(headers(['ce_id', '1'], ['traceparent', HOP])), HOP);
});

test('records without a trace have none, whatever else their headers are', () => {
  assert.equal(traceparentOf([]), undefined);
  assert.equal(traceparentOf(headers([null, HOP], ['traceparent', null], ['traceparent', ''], ['x', HOP])), undefined);
});
