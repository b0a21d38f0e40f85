import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { LogFields, Logger } from '../../src/log/logger.ts';
import { eventually } from '../support/eventually.ts';
import { RawClient } from '../transport/running-listener.ts';
import { type RunningGateway, startTestGateway } from './running-gateway.ts';

interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
}

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PUBLISH =
  'mutation Say($text: String!) { publishChatMessage(event: { id: "1", room: "a", author: "b", text: $text, sentAt: "2026-01-01T00:00:00Z" }) { topic } }';

describe('the log of a gateway whose debug lines are wanted', () => {
  const lines: Line[] = [];
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}): void => {
      lines.push({ level, message, fields });
    };
  const log: Logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  let gateway: RunningGateway;
  before(async () => {
    gateway = await startTestGateway({}, log);
  });
  after(() => gateway?.stop());
  beforeEach(() => {
    lines.length = 0;
  });

  async function connect(): Promise<RawClient> {
    const client = new RawClient(gateway.url.replace(/^http/, 'ws'), 'graphql-transport-ws');
    await client.opened();
    client.say({ type: 'connection_init', payload: { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` } });
    await client.receive(1);
    return client;
  }

  async function lineOf(message: string): Promise<Line> {
    await eventually(() => lines.some((line) => line.message === message), { deadlineMs: 30_000, what: message });
    const found = lines.filter((line) => line.message === message);
    assert.equal(found.length, 1);
    return found[0] as Line;
  }

  test('a connection has one line, when it is over, with what it did', async () => {
    const client = await connect();
    const subscribe = { type: 'subscribe', id: '1', payload: { query: '{ topics { name } }' } };
    client.say(subscribe);
    await client.receive(2);
    client.terminate();
    const { level, fields } = await lineOf('connection closed');
    assert.equal(level, 'debug');
    const { connection, address, subprotocol, code, operations, bytesIn, bytesOut, seconds } = fields;
    assert.match(String(connection), /^[0-9a-f]{6}-[0-9a-z]+$/);
    assert.deepEqual([address, subprotocol, code, operations], ['127.0.0.1', 'graphql-transport-ws', 1006, 1]);
    assert.ok(Number(bytesIn) > JSON.stringify(subscribe).length);
    assert.ok(Number(bytesOut) > '{"type":"connection_ack"}'.length);
    assert.ok(Number(seconds) >= 0);
  });

  test('a connection that is ended for a fault says so at info, with code and reason', async () => {
    const client = await connect();
    client.say({ type: 'subscribe', id: 7 });
    const { level, fields } = await lineOf('connection closed');
    assert.equal(level, 'info');
    assert.equal(fields['code'], 4400);
    assert.match(String(fields['reason']), /'id' must be a string/);
    client.terminate();
  });

  test('a refused and a failed operation have a line with the ids of connection, operation and trace', async () => {
    const client = await connect();
    client.say({ type: 'subscribe', id: '1', payload: { query: 'query Bad { nothing }', operationName: 'Bad' } });
    const refused = await lineOf('an operation was refused');
    client.say({ type: 'subscribe', id: '2', payload: { query: PUBLISH, variables: { text: 'x'.repeat(1_100_000) } } });
    await eventually(() => lines.length >= 2, { deadlineMs: 30_000 });
    const failed = lines.find(({ message }) => message === 'an operation failed');
    client.terminate();
    const closed = await lineOf('connection closed');
    assert.equal(refused.level, 'debug');
    assert.equal(refused.fields['code'], 'GRAPHQL_VALIDATION_FAILED');
    for (const line of [refused, failed]) {
      if (line === undefined) continue;
      assert.equal(line.fields['connection'], closed.fields['connection']);
      assert.equal(line.fields['traceId'], TRACE);
    }
    assert.deepEqual([refused.fields['operation'], failed?.fields['operation']], ['Bad', 'Say']);
  });

  test('an event stream has one line, too', async () => {
    const stop = new AbortController();
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: 'subscription { chatMessage(room: "a") { id } }' }),
      signal: stop.signal,
    });
    assert.equal(response.status, 200);
    stop.abort();
    const { level, fields } = await lineOf('event stream closed');
    assert.equal(level, 'debug');
    assert.match(String(fields['connection']), /^[0-9a-f]{6}-[0-9a-z]+$/);
  });
});

test('nothing is logged about sound connections while debug is off', async () => {
  const heard: string[] = [];
  const hear = (message: string): void => void heard.push(message);
  const gateway = await startTestGateway({}, { info: hear, warn: hear, error: hear });
  try {
    const client = new RawClient(gateway.url.replace(/^http/, 'ws'), 'graphql-transport-ws');
    await client.opened();
    client.terminate();
    await eventually(async () => (await gateway.admin('/metrics')).body.includes('sluice_connections 0'), {
      deadlineMs: 30_000,
    });
    assert.deepEqual(
      heard.filter((message) => message.includes('connection')),
      [],
    );
  } finally {
    await gateway.stop();
  }
});
