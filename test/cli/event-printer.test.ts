import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventPrinter } from '../../src/cli/event-printer.ts';
import { exactNumbers } from '../../src/cli/exact-json.ts';
import type { SubscriptionResult } from '../../src/cli/watch-subscription.ts';
import type { Clock } from '../../src/time/clock.ts';
import { capturedIo, type OutputOptions } from './captured-io.ts';

const clock: Clock = { now: () => Date.UTC(2026, 0, 2, 3, 4, 5), monotonic: () => 0, after: () => () => {} };

function print(result: SubscriptionResult, options: OutputOptions = {}, json = false): string {
  const io = capturedIo(options);
  new EventPrinter(io, json, clock).result(result);
  assert.equal(io.stderr.text(), '');
  return io.stdout.text();
}

test('away from a terminal, and with --json, a result is one line of JSON with everything in it', () => {
  const result = { data: { quake: null }, errors: [{ message: 'a' }], extensions: { gap: { reason: 'link_lost' } } };
  for (const text of [print(result), print(result, { isTTY: true }, true)]) {
    assert.deepEqual(JSON.parse(text), result);
    assert.match(text, /^[^\n]+\n$/);
  }
});

test('integers beyond 2^53 are printed exactly', () => {
  const text = '{"data":{"a":{"id":9007199254740993,"small":1,"float":1.5}}}\n';
  assert.equal(print(JSON.parse(text, exactNumbers) as SubscriptionResult), text);
});

test('on a terminal an event is one line where it fits, and indented JSON where not', () => {
  const result = { data: { quake: { id: 'a', magnitude: 4.5 } } };
  assert.equal(print(result, { isTTY: true }), '03:04:05 quake id "a"  magnitude 4.5\n');
  assert.match(print(result, { isTTY: true, columns: 20 }), /^03:04:05 quake \{\n {2}"id": "a",\n/);
});

test('on a terminal errors inside an event and gaps are shown', () => {
  const text = print(
    {
      data: { quake: null },
      errors: [{ message: 'bad record', path: ['quake'] }],
      extensions: { gap: { reason: 'link_lost', since: 1 } },
    },
    { isTTY: true },
  );
  assert.match(text, /gap: events may be missing .*link_lost/);
  assert.match(text, /quake null/);
  assert.match(text, /error at quake: bad record/);
});

test('A72: an event cannot command the terminal', () => {
  const text = print({ data: { a: { t: '\u001b[2J\u009b2J' } }, errors: [{ message: '\u001b[2J' }] }, { isTTY: true });
  assert.ok(!text.includes('\u001b') && !text.includes('\u009b'));
});
