import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OperationError } from '../../../src/error/operation-error.ts';
import { isToldInStream, refusedResponse } from '../../../src/protocol/http/refused-operation.ts';
import { codeOf, headerOf, TestEndpoint, type TestRequest } from './exchange.ts';

describe('requests for an event stream that are refused', () => {
  const STREAM = { accept: 'text/event-stream' };
  const beforeStream: readonly (readonly [status: number, what: string, request: TestRequest])[] = [
    [400, 'a body that is no JSON', { body: '{' }],
    [400, 'a query that is no text', { body: '{"query":1}' }],
    [400, 'a URL without a query', { method: 'GET', query: '' }],
    [400, 'a document that does not parse', { body: '{"query":"refuse syntax GRAPHQL_PARSE_FAILED"}' }],
    [400, 'an unknown operation name', { body: '{"query":"refuse operation OPERATION_RESOLUTION_FAILURE"}' }],
    [401, 'missing credentials', { body: '{"query":"refuse validation UNAUTHENTICATED"}' }],
    [403, 'an operation that is not allowed', { body: '{"query":"refuse validation FORBIDDEN"}' }],
    [403, 'a request that may be forged', { method: 'GET', query: 'query=subscription', headers: { cookie: 'a=b' } }],
    [405, 'a mutation by GET', { method: 'GET', query: 'query=mutation' }],
    [405, 'another method', { method: 'PUT' }],
    [406, 'nothing that can be sent', { headers: { accept: 'text/html' } }],
    [413, 'a body that is too large', { headers: { 'content-length': '99999999' } }],
    [415, 'a body that is no JSON by its type', { headers: { 'content-type': 'text/plain' } }],
    [500, 'a bug', { body: '{"query":"throw"}' }],
    [503, 'a broker that is away', { body: '{"query":"refuse validation BROKER_UNAVAILABLE"}' }],
  ];
  for (const [status, what, request] of beforeStream) {
    it(`P45: ${what} is ${status} as JSON, before a stream begins`, async () => {
      const response = await new TestEndpoint().send({ ...request, headers: { ...STREAM, ...request.headers } });
      assert.equal(response.status, status);
      assert.equal(headerOf(response, 'content-type'), 'application/json; charset=utf-8');
      assert.equal(JSON.parse(response.body).data, undefined);
      assert.equal(typeof codeOf(response), 'string');
    });
  }

  it('P45: a limit that time lifts is 429 with Retry-After, also where a stream is wanted', async () => {
    const error = new OperationError('LIMIT_EXCEEDED', 'slow down', { limit: 'rate', retryAfterMs: 1_200 });
    const refused = { type: 'refused', stage: 'limit', errors: [error.toWire()] } as const;
    assert.equal(isToldInStream(refused), false);
    const response = refusedResponse(refused, { responseType: undefined, eventStream: 'preferred' });
    assert.deepEqual([response.status, headerOf(response, 'retry-after')], [429, '2']);
  });

  for (const stage of ['validation', 'variables', 'limit']) {
    it(`P46: a refusal by ${stage} is told in the stream: 200, errors without data, complete, end`, async () => {
      const test = new TestEndpoint();
      const { socket } = await test.open({ body: JSON.stringify({ query: `refuse ${stage} LIMIT_EXCEEDED` }) });
      assert.equal(
        socket.take(),
        ':\n\nevent: next\ndata: {"errors":[{"message":"refused","extensions":{"code":"LIMIT_EXCEEDED"}}]}\n\n' +
          'event: complete\ndata:\n\n',
      );
      assert.equal(socket.state, 'ended');
      assert.equal(test.endpoint.inFlight, 0);
    });
  }
});
