import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonLines } from '../../src/log/json-lines.ts';

function written(message: string, fields: Record<string, string>): string {
  let text = '';
  jsonLines(
    (line) => {
      text += line;
    },
    () => Date.UTC(2026, 0, 2),
  )('warn', message, fields);
  return text;
}

test('A72: what a terminal would obey is escaped, C1 controls and changes of direction included, and reads back as it was', () => {
  const nasty = 'a\u0000\u001b[2J\u007f\u009b2J\u2028\u202e\u2066\nb';
  const line = written(nasty, { field: nasty });
  assert.match(line, /^[\u0020-\u007e]*\n$/);
  const { message, field } = JSON.parse(line) as Record<string, unknown>;
  assert.deepEqual([message, field], [nasty, nasty]);
});

test('A72: a field cannot name a second level, time or message', () => {
  const line = written('real', { level: 'info', time: 'never', message: 'forged' });
  assert.deepEqual(JSON.parse(line), { level: 'warn', time: '2026-01-02T00:00:00.000Z', message: 'real' });
  for (const name of ['level', 'time', 'message']) assert.equal(line.split(`"${name}"`).length, 2, name);
});
