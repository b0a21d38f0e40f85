import assert from 'node:assert/strict';
import type { Earthquake } from '../support/earthquakes.ts';
import { request } from '../support/graphql-client.ts';
import type { RunningGateway } from './running-gateway.ts';

const PUBLISH_BATCH =
  'mutation ($events: [QuakeInput!]!) { publishQuakeBatch(events: $events) { __typename ... on PublishFailure { code message } } }';

/** Publishes in order, in batches; every event must be acknowledged. */
export async function publishQuakes(gateway: RunningGateway, quakes: readonly Partial<Earthquake>[]): Promise<void> {
  for (let start = 0; start < quakes.length; start += 200) {
    const events = quakes.slice(start, start + 200);
    const result = await request(gateway.url, PUBLISH_BATCH, { events });
    assert.equal(result.errors, undefined, JSON.stringify(result.errors));
    const answers = result.data?.['publishQuakeBatch'] as readonly { __typename: string }[];
    assert.deepEqual(new Set(answers.map((answer) => answer.__typename)), new Set(['PublishReceipt']));
  }
}
