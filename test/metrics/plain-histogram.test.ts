import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { copiedHistogram } from '../../src/metrics/copied-metrics.ts';
import { PlainHistogram } from '../../src/metrics/plain-histogram.ts';

test('a value counts in the first bucket whose bound it does not pass, and above all bounds in the last', () => {
  const histogram = new PlainHistogram([1, 2, 5]);
  for (const value of [0, 1, 1.5, 2, 5, 6, 100]) histogram.observe(value);
  assert.deepEqual([...histogram.counts], [2, 2, 1, 2]);
  assert.equal(histogram.sum, 115.5);
  assert.equal(histogram.count, 7);
});

test('a scrape shows it as a histogram of Prometheus: accumulated buckets, sum and count, by label', async () => {
  const registry = new Registry();
  const histogram = new PlainHistogram([0.1, 1]);
  const definition = { name: 'test_seconds', help: 'A test.', labelNames: ['kind'] };
  copiedHistogram(registry, definition, histogram.bounds, () => [[{ kind: 'a' }, histogram]]);
  for (const value of [0.05, 0.5, 0.5, 3]) histogram.observe(value);
  assert.equal(
    await registry.metrics(),
    `# HELP test_seconds A test.
# TYPE test_seconds histogram
test_seconds_bucket{le="0.1",kind="a"} 1
test_seconds_bucket{le="1",kind="a"} 3
test_seconds_bucket{le="+Inf",kind="a"} 4
test_seconds_sum{kind="a"} 4.05
test_seconds_count{kind="a"} 4
`,
  );
});
