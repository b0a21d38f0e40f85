import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { RawClient } from '../transport/running-listener.ts';
import { askAll, type Request } from './four-ways.ts';
import { type RunningGateway, startTestGateway } from './running-gateway.ts';

describe('persisted operations', () => {
  const ONE = 'query One { one: __typename }';
  const HASH = createHash('sha256').update(ONE).digest('hex');
  const OTHER = 'query Other { other: __typename }';
  const OTHER_HASH = createHash('sha256').update(OTHER).digest('hex');
  const apollo = (sha256Hash: string): NonNullable<Request['extensions']> => ({
    persistedQuery: { version: 1, sha256Hash },
  });
  let folder: string;
  let unlocked: RunningGateway;
  let locked: RunningGateway;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-operations-'));
    const operationsFile = join(folder, 'operations.json');
    const events = 'subscription Quakes { quake { id } }';
    await writeFile(operationsFile, JSON.stringify({ [HASH]: ONE, quakes: events }));
    unlocked = await startTestGateway({ operationsFile });
    locked = await startTestGateway({ operationsFile, operationsOnly: true });
  });
  after(async () => {
    await unlocked.stop();
    await locked.stop();
    await rm(folder, { recursive: true });
  });

  test('A61: a document is named by its id or its hash on every transport, locked or not', async () => {
    const requests: readonly Request[] = [
      { documentId: HASH },
      { extensions: apollo(HASH) },
      { query: ONE, documentId: HASH },
    ];
    for (const { url } of [unlocked, locked]) {
      for (const request of requests) {
        const { data, errors } = await askAll(url, request);
        assert.deepEqual([data, errors], [{ one: 'Query' }, []]);
      }
    }
  });

  test('A61: in locked mode nothing else runs, on any transport, with one code and text', async () => {
    const requests: readonly Request[] = [
      { query: OTHER },
      { query: ONE },
      { documentId: OTHER_HASH },
      { extensions: apollo(OTHER_HASH) },
      { query: OTHER, extensions: apollo(HASH) },
      { query: OTHER, extensions: apollo(OTHER_HASH) },
      { query: '{ __schema { types { name } } }' },
    ];
    const messages = new Set<string>();
    for (const request of requests) {
      const { data, errors } = await askAll(locked.url, request);
      assert.equal(data, undefined);
      assert.equal(errors[0]?.extensions['code'], 'PERSISTED_OPERATION_REQUIRED', JSON.stringify(request));
      messages.add(String(errors[0]?.message));
    }
    assert.equal(messages.size, 1);
    assert.match((await locked.admin('/metrics')).body, /sluice_dropped_total\{reason="not_persisted"\} [1-9]/);
  });

  test('A61: a registration that was refused has registered nothing', async () => {
    const { errors } = await askAll(locked.url, { extensions: apollo(OTHER_HASH) });
    assert.equal(errors[0]?.extensions['code'], 'PERSISTED_OPERATION_REQUIRED');
  });

  test("an unknown hash is answered as Apollo's clients expect, and the text then runs", async () => {
    const { errors } = await askAll(unlocked.url, { extensions: apollo(OTHER_HASH) });
    assert.equal(errors[0]?.message, 'PersistedQueryNotFound');
    assert.equal(errors[0]?.extensions['code'], 'PERSISTED_QUERY_NOT_FOUND');
    const { data } = await askAll(unlocked.url, { query: OTHER, extensions: apollo(OTHER_HASH) });
    assert.deepEqual(data, { other: 'Query' });
  });

  test('A61: a subscription runs by its id in locked mode, over WebSocket and SSE', async () => {
    const client = await RawClient.ready(locked.url.replace(/^http/, 'ws'));
    client.say({ type: 'subscribe', id: '1', payload: { documentId: 'quakes' } });
    client.say({ type: 'ping' });
    assert.deepEqual(
      (await client.receive(1)).map(({ type }) => type),
      ['pong'],
    );
    client.terminate();
    const abort = new AbortController();
    const stream = await fetch(`${locked.url}?documentId=quakes`, {
      headers: { accept: 'text/event-stream' },
      signal: abort.signal,
    });
    assert.equal(stream.headers.get('content-type'), 'text/event-stream; charset=utf-8');
    abort.abort();
  });

  test('a manifest that does not fit the schema stops the start and names every document', async () => {
    const operationsFile = join(folder, 'bad.json');
    await writeFile(operationsFile, JSON.stringify({ one: '{ topics { nme } }', two: '{' }));
    await assert.rejects(startTestGateway({ operationsFile }), (error: Error) => {
      assert.match(error.message, /bad\.json: one, line 1: .*FieldsOnCorrectType/);
      assert.match(error.message, /bad\.json: two, line 1: Syntax Error/);
      return true;
    });
  });
});
