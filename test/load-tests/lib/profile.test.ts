import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DELIVERIES, REPLAYABLE } from '../../../load-tests/lib/deliveries.ts';
import { deliveriesOf, sizesOf } from '../../../load-tests/lib/profile.ts';
import type { ScenarioName } from '../../../load-tests/profiles/sizes.ts';
import { smoke } from '../../../load-tests/profiles/smoke.ts';

/** Deliveries, or real streams, that each scenario publishes at its rate. */
const STREAMS: Readonly<Record<Exclude<ScenarioName, 'connect-storm'>, number>> = {
  fanout: DELIVERIES.length,
  'many-topics': DELIVERIES.length,
  publish: DELIVERIES.length,
  mixed: 2,
  'subscribe-churn': DELIVERIES.length,
  'slow-consumers': DELIVERIES.length,
  resume: REPLAYABLE.length,
  replay: REPLAYABLE.length,
  sse: REPLAYABLE.length,
  soak: DELIVERIES.length,
};

describe('the sizes of load tests', () => {
  test('the smoke profile sends at least 5,000 events through each scenario that must catch 1 in 1,000', () => {
    const few = Object.entries(STREAMS)
      .map(([scenario, streams]) => {
        const { rate, seconds, topics } = smoke[scenario as ScenarioName];
        return [scenario, rate * seconds * topics * streams] as const;
      })
      .filter(([, events]) => events < 5_000);
    assert.deepEqual(few, []);
  });

  test('a variable changes one size, whatever the profile says', () => {
    const sizes = sizesOf('fanout', { PROFILE: 'baseline', LOAD_RATE: '7', LOAD_SECONDS: '' });
    assert.deepEqual(sizes, { ...sizesOf('fanout', { PROFILE: 'baseline' }), rate: 7 });
  });

  test('a size that is no number above 0 is refused', () => {
    for (const LOAD_RATE of ['0', '-1', 'many']) {
      assert.throws(() => sizesOf('fanout', { LOAD_RATE }), /LOAD_RATE/);
    }
  });

  test('an unknown profile is refused with those that there are', () => {
    assert.throws(() => sizesOf('fanout', { PROFILE: 'huge' }), /no profile huge: .*smoke/);
  });

  test('LOAD_DELIVERIES chooses among those that a scenario can have', () => {
    assert.deepEqual(deliveriesOf({}), DELIVERIES);
    assert.deepEqual(deliveriesOf({ LOAD_DELIVERIES: 'DURABLE' }), ['DURABLE']);
    assert.throws(() => deliveriesOf({ LOAD_DELIVERIES: 'EPHEMERAL' }, REPLAYABLE), /BUFFERED,DURABLE/);
  });
});
