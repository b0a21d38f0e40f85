import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { askAll, type Request } from './four-ways.ts';
import { type RunningGateway, startTestGateway } from './running-gateway.ts';

describe('introspection switched off', () => {
  let gateway: RunningGateway;
  before(async () => {
    gateway = await startTestGateway({ introspection: false });
  });
  after(() => gateway.stop());

  test('A71: __schema and __type are refused on every transport, __typename stays', async () => {
    for (const query of ['{ __schema { types { name } } }', '{ __type(name: "Quake") { name } }']) {
      const { errors, data } = await askAll(gateway.url, { query });
      assert.equal(data, undefined);
      assert.match(errors[0]?.message ?? '', /Introspection is switched off/);
    }
    assert.deepEqual((await askAll(gateway.url, { query: '{ __typename }' })).data, { __typename: 'Query' });
  });

  test('A71: neither validation nor coercion says what a client may have meant', async () => {
    const requests: readonly Request[] = [
      { query: '{ topcs { name } }' },
      {
        query: 'query ($w: QuakeFilter) { quakeHistory(where: $w) { edges { cursor } } }',
        variables: { w: { magnitde: {} } },
      },
    ];
    for (const request of requests) {
      const { errors } = await askAll(gateway.url, request);
      assert.ok(errors.length > 0);
      assert.doesNotMatch(JSON.stringify(errors), /Did you mean/);
    }
  });
});
