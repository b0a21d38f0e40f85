import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isoTime, PublishedEvent } from '../../src/operation/published-event.ts';
import type { TopicInstance } from '../../src/routing/topic.ts';
import { loadSchema } from '../../src/schema/load-schema.ts';

test('the time of an event is the ISO text of its millisecond, whatever was asked before', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5_000, max: 4_102_444_800_000 }), { minLength: 1 }), (times) => {
      for (const time of times.flatMap((around) => [around, around + 1, around + 999, around + 1000])) {
        assert.equal(isoTime(time), new Date(time).toISOString());
      }
    }),
  );
});

test('an event carries the CloudEvents attributes, with an id of its own', () => {
  const [api] = loadSchema({ file: 'a', text: 'type Job @topic(name: "jobs", delivery: BUFFERED) { id: ID! }' }).topics;
  assert.ok(api !== undefined);
  const { topic } = api;
  const events = [1, 2].map(
    () => new PublishedEvent(topic, 'jobs' as TopicInstance, undefined, '{}', 1_764_000_000_007),
  );
  const [first, second] = events.map((event) => Object.fromEntries(event.attributes));
  assert.partialDeepStrictEqual(first, {
    specversion: '1.0',
    source: 'sluice',
    type: 'Job',
    time: '2025-11-24T16:00:00.007Z',
  });
  assert.match(first?.['id'] ?? '', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.notEqual(first?.['id'], second?.['id']);
});
