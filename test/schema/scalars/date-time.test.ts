import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Kind } from 'graphql';
import { DateTimeScalar, instantOf } from '../../../src/schema/scalars/date-time.ts';

test('design §8: a DateTime is ISO 8601 with an offset, and names an instant', () => {
  const rows: readonly [text: string, iso: string][] = [
    ['2026-11-20T08:30:00Z', '2026-11-20T08:30:00.000Z'],
    ['2026-11-20T08:30Z', '2026-11-20T08:30:00.000Z'],
    ['2026-11-20T08:30:00.25+01:30', '2026-11-20T07:00:00.250Z'],
    ['2026-11-20T23:30:00-01:00', '2026-11-21T00:30:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['0004-02-29T00:00:00Z', '0004-02-29T00:00:00.000Z'],
    ['2026-11-20T08:30:00-00:00', '2026-11-20T08:30:00.000Z'],
  ];
  for (const [text, iso] of rows) {
    assert.equal(instantOf(text), Date.parse(iso), text);
    assert.equal(DateTimeScalar.coerceOutputValue(text), text);
    assert.equal(DateTimeScalar.coerceInputValue(text), text);
    assert.equal(DateTimeScalar.coerceInputLiteral?.({ kind: Kind.STRING, value: text }), text);
  }
  assert.ok((instantOf('2026-11-20T08:30:00.0001Z') ?? 0) > (instantOf('2026-11-20T08:30:00Z') ?? 0));
});

test('anything else is refused, days that the calendar lacks included', () => {
  for (const value of [
    '',
    '2026-11-20',
    '2026-11-20T08:30:00',
    '2026-11-20 08:30:00Z',
    '2026-11-20t08:30:00z',
    '2026-11-20T08:30:00+0100',
    '2026-11-20T08:30:00.Z',
    '2026-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:60Z',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01T00:00:00+00:60',
    '2026-01-01T00:00:00Z\n',
    1700000000000,
    null,
    {},
  ]) {
    assert.throws(() => DateTimeScalar.coerceInputValue(value), /ISO 8601/, String(value));
    assert.throws(() => DateTimeScalar.coerceOutputValue(value), /ISO 8601/, String(value));
  }
  assert.throws(() => DateTimeScalar.coerceInputLiteral?.({ kind: Kind.INT, value: '5' }), /ISO 8601/);
});
