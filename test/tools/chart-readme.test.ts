import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CHART_README, chartReadme, valueComments, valueRows } from '../../tools/chart-readme.mjs';

const VALUES = `# About the file.

one: 1
# A group,
# over two lines.
group:
  # Inside.
  two: ""
  labels:
    a: b
  three: []
# The last.
four: {}
`;

test('a comment belongs to the key below it, its lines joined; one before an empty line belongs to none', () => {
  assert.deepEqual(
    [...valueComments(VALUES)],
    [
      ['group', 'A group, over two lines.'],
      ['group.two', 'Inside.'],
      ['four', 'The last.'],
    ],
  );
});

test('what the schema gives no names to is one value, and a group with a comment has a row of its own', () => {
  const values = { one: 1, group: { two: '', labels: { a: 'b' }, three: [] } };
  const group = { properties: { two: {}, labels: { type: 'object' }, three: {} } };
  const rows = valueRows(values, { properties: { one: {}, group } }, valueComments(VALUES));
  assert.deepEqual(
    rows.map(({ name, fallback }) => [name, fallback]),
    [
      ['one', '1'],
      ['group', undefined],
      ['group.two', '""'],
      ['group.labels', '{"a":"b"}'],
      ['group.three', '[]'],
    ],
  );
});

test("the chart's README says what its values say; node tools/chart-readme.mjs writes it", async () => {
  assert.equal(readFileSync(CHART_README, 'utf8'), await chartReadme());
});
