import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { earthquakes } from '../support/earthquakes.ts';
import { eventually } from '../support/eventually.ts';
import { request, type Subscription, subscribe } from '../support/graphql-client.ts';
import { type RunningGateway, startTestGateway } from './running-gateway.ts';

/** The subscriptions of examples/earthquakes, of its demo and of the README, and one of every field. */
const EXAMPLES = [
  'subscription { quake(where: { magnitude: { gte: -9 } }) { id magnitude place } }',
  'subscription { quake(network: "ak") { id magnitude place } }',
  'subscription { quake { id network magnitude magnitudeType place time updated status tsunami significance longitude latitude depthKm } }',
  'subscription { departure(where: { origin: { eq: "ATL" } }) { id destination departure delayMinutes } }',
  'subscription { chatMessage(room: "quakes") { id author text } }',
  'subscription ($v: Boolean = true) { chatMessage { ...C room @skip(if: $v) sentAt @include(if: $v) } } fragment C on ChatMessage { id __typename }',
];
const ALL_OF_THE_BENCH = 'n room id author text at';
/** What `npm run bench` and bench/projection.ts subscribe to. */
const BENCH = [
  `subscription { ephemeral(room: "1") { ${ALL_OF_THE_BENCH} } }`,
  `subscription { buffered(room: "1") { ${ALL_OF_THE_BENCH} } }`,
  `subscription { durable(room: "1") { ${ALL_OF_THE_BENCH} } }`,
  `subscription { ephemeral(room: "1") { text n } }`,
];

function publishExamples(): string {
  const quake = { ...earthquakes()[0], network: 'ak' };
  const input = Object.entries(quake)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name}: ${name === 'status' ? String(value) : JSON.stringify(value)}`);
  return `mutation {
    publishQuake(event: { ${input.join(', ')} }) { topic }
    publishDeparture(event: { id: "1", origin: "ATL", destination: "JFK", departure: "2026-11-20T08:30:00Z", delayMinutes: 1, distanceMiles: 2 }) { topic }
    publishChatMessage(event: { id: "1", room: "quakes", author: "ann", text: "hi", sentAt: "2026-11-20T08:30:00Z" }) { topic }
  }`;
}

const PUBLISH_BENCH = `mutation { ${['Ephemeral', 'Buffered', 'Durable']
  .map((type) => `publish${type}(event: { n: "1", room: "1", id: "1", author: "ann", text: "hi", at: 0 }) { topic }`)
  .join(' ')} }`;

/** Publishes until every subscription has had a result, and none an error. */
async function receive(
  gateway: RunningGateway,
  subscriptions: readonly Subscription[],
  mutation: string,
): Promise<void> {
  await eventually(async () => {
    const { errors } = await request(gateway.url, mutation);
    assert.equal(errors, undefined);
    return subscriptions.every(({ results }) => results.length > 0);
  });
  for (const { results } of subscriptions) assert.equal(results[0]?.errors, undefined);
}

async function fallbacksAfter(
  gateway: RunningGateway,
  queries: readonly string[],
  mutation: string,
): Promise<string | undefined> {
  const subscriptions = queries.map((query) => subscribe(gateway.url, query));
  try {
    await receive(gateway, subscriptions, mutation);
  } finally {
    await Promise.all(subscriptions.map((subscription) => subscription.end()));
  }
  return /^sluice_projection_fallbacks_total (\d+)$/m.exec((await gateway.admin('/metrics')).body)?.[1];
}

describe('sluice_projection_fallbacks_total', () => {
  test('is 0 after everything that the examples subscribe to, and counts what cannot be compiled', async () => {
    const gateway = await startTestGateway();
    try {
      assert.equal(await fallbacksAfter(gateway, EXAMPLES, publishExamples()), '0');
      const subscription = subscribe(
        gateway.url,
        'subscription ($v: Boolean = true) { chatMessage(room: "quakes") { id @skip(if: $v) } }',
        { v: null },
      );
      try {
        await eventually(async () => {
          await request(gateway.url, publishExamples());
          return subscription.results.length > 0;
        });
      } finally {
        await subscription.end();
      }
      assert.match((await gateway.admin('/metrics')).body, /^sluice_projection_fallbacks_total 1$/m);
    } finally {
      await gateway.stop();
    }
  });

  test('is 0 after everything that the bench subscribes to', async () => {
    const schemaFile = join(import.meta.dirname, '../../bench/schema.graphql');
    const gateway = await startTestGateway({ schemaFile });
    try {
      assert.equal(await fallbacksAfter(gateway, BENCH, PUBLISH_BENCH), '0');
    } finally {
      await gateway.stop();
    }
  });
});
