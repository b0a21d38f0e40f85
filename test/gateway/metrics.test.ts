import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { LOOPBACK_LIMITS } from '../../src/config/limit-options.ts';
import { cacheFolder } from '../../tools/cache.mjs';
import { ensurePrometheus } from '../../tools/prometheus.mjs';
import { earthquakes } from '../support/earthquakes.ts';
import { eventually } from '../support/eventually.ts';
import { request } from '../support/graphql-client.ts';
import { MultiplexedClient, type MultiplexedSubscription } from '../support/multiplexed-client.ts';
import { publishQuakes } from './publish-quakes.ts';
import { type RunningGateway, startTestGateway } from './running-gateway.ts';

const TOPIC = '{topic="quakes.{network}",delivery="DURABLE"}';
const SELECTION = 'subscription { quake { id } }';
const FILTERED = 'subscription { quake(where: { magnitude: { gt: 99 } }) { id } }';
const EVENTS = 20;

describe('what /metrics says of work that was done', () => {
  let gateway: RunningGateway;
  let text: string;
  const clients: MultiplexedClient[] = [];
  const subscriptions: MultiplexedSubscription[] = [];

  before(async () => {
    gateway = await startTestGateway({ limits: { ...LOOPBACK_LIMITS, maxDepth: 4 } });
    // Two groups of one selection: three subscribers of all events, one whose filter lets nothing through.
    for (const query of [SELECTION, SELECTION, SELECTION, FILTERED]) {
      const client = await MultiplexedClient.connect(gateway.url);
      clients.push(client);
      subscriptions.push(client.subscribe(query));
    }
    await eventually(async () => value((await gateway.admin('/metrics')).body, `sluice_subscriptions${TOPIC}`) === 4, {
      what: 'four subscriptions',
    });
    // The tail of an embedded log is attached as soon as it is open.
    await publishQuakes(gateway, earthquakes().slice(0, EVENTS));
    await request(gateway.url, '{ topics { name } }');
    await request(gateway.url, '{ topics { name } }');
    await request(gateway.url, '{ nothing }');
    await request(gateway.url, '{ __schema { types { fields { type { name } } } } }');
    const late = await MultiplexedClient.connect(gateway.url);
    clients.push(late);
    const replay = late.subscribe('subscription { quake(from: { earliest: true }) { id } }');
    subscriptions.push(replay);
    await eventually(() => replay.results.length >= EVENTS, { what: 'the replay', deadlineMs: 60_000 });
    text = await eventually(
      async () => {
        const { body } = await gateway.admin('/metrics');
        return value(body, `sluice_deliveries_total${TOPIC}`) >= 4 * EVENTS ? body : undefined;
      },
      { what: 'all deliveries' },
    );
  });
  after(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await gateway?.stop();
  });

  test('operations are counted by type, and refusals by the check that refused them', () => {
    assert.equal(value(text, 'sluice_operations_total{type="subscription"}'), 5);
    assert.equal(value(text, 'sluice_operations_total{type="mutation"}'), 1);
    assert.equal(value(text, 'sluice_operations_total{type="query"}'), 2);
    assert.equal(value(text, 'sluice_operations_refused_total{stage="validation"}'), 1);
    assert.equal(value(text, 'sluice_operations_refused_total{stage="limit"}'), 1);
  });

  test('a limit is counted by the name of its setting, and the others stand at 0', () => {
    assert.equal(value(text, 'sluice_limits_hit_total{limit="maxDepth"}'), 1);
    assert.equal(value(text, 'sluice_limits_hit_total{limit="maxAliases"}'), 0);
  });

  test('streams, groups and the selections that they share', () => {
    assert.equal(value(text, `sluice_streams${TOPIC}`), 1);
    // Once the one who replays is live it is a fourth member of the first group.
    assert.equal(value(text, `sluice_groups${TOPIC}`), 2);
    assert.equal(value(text, `sluice_projections${TOPIC}`), 1);
  });

  test('deliveries and their bytes: live and replayed, each counted once', () => {
    assert.equal(value(text, `sluice_deliveries_total${TOPIC}`), 4 * EVENTS);
    // A result's bytes are those of its JSON, with the members in the order in which they were sent.
    const received = subscriptions.flatMap(({ results }) => results.map((result) => JSON.stringify(result)));
    assert.equal(received.length, 4 * EVENTS);
    assert.equal(value(text, `sluice_delivered_bytes_total${TOPIC}`), received.join('').length);
  });

  test('fan-out and end-to-end latency have one value for each batch, and batches add up to the live events', () => {
    const batches = value(text, 'sluice_batch_events_count{delivery="DURABLE"}');
    assert.ok(batches >= 1 && batches <= EVENTS);
    assert.equal(value(text, 'sluice_batch_events_sum{delivery="DURABLE"}'), EVENTS);
    for (const name of ['sluice_fanout_duration_seconds', 'sluice_end_to_end_duration_seconds']) {
      assert.equal(value(text, `${name}_count{delivery="DURABLE"}`), batches);
      assert.ok(value(text, `${name}_sum{delivery="DURABLE"}`) >= 0);
      assert.equal(value(text, `${name}_bucket{le="+Inf",delivery="DURABLE"}`), batches);
    }
    assert.ok(value(text, 'sluice_fanout_duration_seconds_sum{delivery="DURABLE"}') > 0);
    assert.ok(value(text, 'sluice_flush_duration_seconds_count') >= 1);
  });

  test('a text that was asked before is a hit of the document cache', () => {
    // The three equal subscriptions and the two equal queries.
    assert.equal(value(text, 'sluice_document_cache_lookups_total{result="hit"}'), 3);
    assert.ok(value(text, 'sluice_document_cache_lookups_total{result="miss"}') >= 5);
    assert.ok(value(text, 'sluice_document_cache_entries') >= 5);
  });

  test('a replay says where its steps found events', () => {
    const steps = ['ring', 'shared', 'log'].map((source) =>
      value(text, `sluice_replay_steps_total{topic="quakes.{network}",source="${source}"}`),
    );
    // The tail was open before the first event: what is replayed is in the ring.
    assert.ok((steps[0] ?? 0) >= 1, String(steps));
  });

  test('Prometheus takes the text, and finds nothing to mend in names and help', async () => {
    const { promtool } = await ensurePrometheus(cacheFolder());
    // prom-client's own metrics have names of their own making.
    const own = text.split('\n\n').filter((metric) => metric.startsWith('# HELP sluice_'));
    const { status, stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], {
      input: `${own.join('\n')}\n`,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stdout + stderr);
  });
});

function value(text: string, name: string): number {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  assert.ok(line !== undefined, `${name} is missing`);
  return Number(line.slice(name.length + 1));
}
