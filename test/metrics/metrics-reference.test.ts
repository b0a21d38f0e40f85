import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { metricRows, metricsReference, WHAT_TO_LOOK_FOR } from '../../tools/metrics-reference.ts';

test('docs/metrics.md says what the registry says; node tools/docs.ts writes it', async () => {
  const file = new URL('../../docs/metrics.md', import.meta.url);
  assert.equal(readFileSync(file, 'utf8'), await metricsReference());
});

test('each metric says what to look for, and nothing is said of metrics that are not there', async () => {
  const names = (await metricRows()).map(({ name }) => name);
  assert.deepEqual(Object.keys(WHAT_TO_LOOK_FOR).sort(), [...names].sort());
});

test('names keep to the conventions of Prometheus: base units, _total for counters and for nothing else', async () => {
  for (const { name, type, help } of await metricRows()) {
    assert.match(name, /^sluice_[a-z]+(_[a-z]+)*$/);
    assert.equal(name.endsWith('_total'), type === 'counter', name);
    assert.doesNotMatch(name, /_(ms|milliseconds|minutes|kb|kilobytes|count|sum|bucket)(_total)?$/, name);
    if (type === 'histogram') assert.match(name, /_(seconds|events)$/);
    assert.match(help, /\.$/, name);
  }
});

test('A73: labels are topics, deliveries, brokers and fixed words', async () => {
  const allowed = new Set([
    'topic',
    'delivery',
    'broker',
    'direction',
    'outcome',
    'reason',
    'source',
    'type',
    'stage',
    'limit',
    'result',
    'version',
  ]);
  for (const { name, labels } of await metricRows()) {
    for (const label of labels) assert.ok(allowed.has(label), `${name} has the label ${label}`);
  }
});
