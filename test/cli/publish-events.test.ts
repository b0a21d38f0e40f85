import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type EventOutcome, publishEvents } from '../../src/cli/publish-events.ts';

type Answer = (body: string) => { status?: number; text: string } | 'cut';

/** An HTTP server that answers as a test says: how the client takes answers, also those that no gateway gives on demand. */
async function server(t: TestContext, answer: Answer): Promise<{ url: string; bodies: string[]; server: Server }> {
  const bodies: string[] = [];
  const http = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      bodies.push(body);
      const said = answer(body);
      if (said === 'cut') request.socket.destroy();
      else response.writeHead(said.status ?? 200, { 'content-type': 'application/json' }).end(said.text);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    http.closeAllConnections();
    http.close();
  });
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/graphql`, bodies, server: http };
}

const events = (...texts: string[]): { line: number; text: string }[] =>
  texts.map((text, index) => ({ line: index + 1, text }));
const types = (outcomes: readonly EventOutcome[]): readonly string[] => outcomes.map(({ type }) => type);
const result = (results: readonly unknown[]): { text: string } => ({ text: JSON.stringify({ data: { results } }) });
const refused = (code: string): { text: string } => ({
  text: JSON.stringify({ errors: [{ message: 'm', extensions: { code } }] }),
});

test('the text of events goes out as it was written, integers beyond 2^53 included', async (t) => {
  const { url, bodies } = await server(t, () => result([{ __typename: 'PublishReceipt', offset: '1' }]));
  const { outcomes } = await publishEvents(url, 'mutation', events('{"id":9007199254740993}'));
  assert.ok(bodies[0]?.includes('"variables":{"events":[{"id":9007199254740993}]}'));
  assert.deepEqual(outcomes, [{ type: 'acknowledged', line: 1, receipt: { offset: '1' } }]);
});

test('P94, P95: the code of a failure says whether the event is rejected, unavailable or unknown', async (t) => {
  const failure = (code: string): unknown => ({ __typename: 'PublishFailure', code, message: 'm' });
  const codes = [
    'PUBLISH_REJECTED',
    'BAD_USER_INPUT',
    'BROKER_UNAVAILABLE',
    'LIMIT_EXCEEDED',
    'PUBLISH_INDETERMINATE',
    'INTERNAL_SERVER_ERROR',
  ];
  const { url } = await server(t, () => result(codes.map(failure)));
  const { outcomes } = await publishEvents(url, 'mutation', events(...codes.map(() => '{}')));
  assert.deepEqual(types(outcomes), ['rejected', 'rejected', 'unavailable', 'unavailable', 'unknown', 'unknown']);
});

test('a request that was refused whole is halved until the misfit stands alone, in order', async (t) => {
  const published: string[] = [];
  const { url } = await server(t, (body) => {
    const list = (JSON.parse(body) as { variables: { events: { id: string }[] } }).variables.events;
    if (list.some(({ id }) => id === 'bad')) return refused('BAD_USER_INPUT');
    published.push(...list.map(({ id }) => id));
    return result(list.map(() => ({ __typename: 'PublishReceipt' })));
  });
  const ids = ['a', 'b', 'bad', 'c', 'd'];
  const { outcomes } = await publishEvents(url, 'mutation', events(...ids.map((id) => JSON.stringify({ id }))));
  assert.deepEqual(types(outcomes), ['acknowledged', 'acknowledged', 'rejected', 'acknowledged', 'acknowledged']);
  assert.deepEqual(
    outcomes.map(({ line }) => line),
    [1, 2, 3, 4, 5],
  );
  assert.deepEqual(published, ['a', 'b', 'c', 'd']);
});

test('P94: an error of the whole mutation field is the outcome of every event, and nothing is sent again', async (t) => {
  for (const [code, type] of [
    ['INTERNAL_SERVER_ERROR', 'unknown'],
    ['FORBIDDEN', 'rejected'],
  ] as const) {
    const { url, bodies } = await server(t, () => ({
      text: JSON.stringify({ data: { results: null }, errors: [{ message: 'm', extensions: { code } }] }),
    }));
    const { outcomes } = await publishEvents(url, 'mutation', events('{}', '{}'));
    assert.deepEqual([types(outcomes), bodies.length], [[type, type], 1]);
  }
});

test('P94: a connection that is cut after the request is unknown, and nothing is sent again', async (t) => {
  const { url, bodies } = await server(t, () => 'cut');
  const { outcomes, serverGone } = await publishEvents(url, 'mutation', events('{}', '{}'));
  assert.deepEqual([types(outcomes), serverGone, bodies.length], [['unknown', 'unknown'], false, 1]);
});

test('an answer that is no GraphQL: refused by HTTP is rejected, anything else is unknown', async (t) => {
  for (const [status, type] of [
    [413, 'rejected'],
    [502, 'unknown'],
    [200, 'unknown'],
  ] as const) {
    const { url } = await server(t, () => ({ status, text: '<html>' }));
    const { outcomes } = await publishEvents(url, 'mutation', events('{}'));
    assert.deepEqual(types(outcomes), [type], String(status));
  }
});

test('P95: a connection that never was is unavailable, and the server is gone', async (t) => {
  const { url, server: http } = await server(t, () => 'cut');
  await new Promise((resolve) => http.close(resolve));
  const { outcomes, serverGone } = await publishEvents(url, 'mutation', events('{}'));
  assert.deepEqual([types(outcomes), serverGone], [['unavailable'], true]);
});
