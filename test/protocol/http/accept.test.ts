import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readAccept } from '../../../src/protocol/http/accept.ts';

const JSON_TYPE = 'application/json';
const GRAPHQL_TYPE = 'application/graphql-response+json';

const CASES: readonly (readonly [accept: string, type: string | undefined])[] = [
  ['', JSON_TYPE],
  ['*/*', JSON_TYPE],
  ['application/*', JSON_TYPE],
  [JSON_TYPE, JSON_TYPE],
  [GRAPHQL_TYPE, GRAPHQL_TYPE],
  ['Application/JSON; charset=utf-8', JSON_TYPE],
  [`${GRAPHQL_TYPE}; charset=utf-8, ${JSON_TYPE}; charset=utf-8`, GRAPHQL_TYPE],
  [`${JSON_TYPE}, ${GRAPHQL_TYPE}`, JSON_TYPE],
  [`${GRAPHQL_TYPE}, ${JSON_TYPE};q=0.9`, GRAPHQL_TYPE],
  [`${GRAPHQL_TYPE};q=0.5, ${JSON_TYPE};q=0.9`, JSON_TYPE],
  [`${JSON_TYPE};q=0.5, */*;q=0.8`, GRAPHQL_TYPE],
  [`${JSON_TYPE};q=0, */*`, GRAPHQL_TYPE],
  [`${GRAPHQL_TYPE}, application/graphql+json, ${JSON_TYPE}, text/event-stream, multipart/mixed`, GRAPHQL_TYPE],
  [`text/html, */*;q=0.1`, JSON_TYPE],
  ['text/html', undefined],
  ['text/event-stream', undefined],
  [`${JSON_TYPE};q=0`, undefined],
  [`${JSON_TYPE};q=high`, undefined],
  [`text/plain; a="${JSON_TYPE}"`, undefined],
  ['nonsense', undefined],
];

describe('Accept', () => {
  for (const [accept, type] of CASES) {
    it(`P60: "${accept}" is answered with ${type ?? '406'}`, () => {
      assert.equal(readAccept(accept).responseType, type);
    });
  }

  for (const [accept, eventStream] of [
    ['', 'refused'],
    ['*/*', 'refused'],
    ['application/json', 'refused'],
    ['text/html, */*;q=0.1', 'refused'],
    ['application/json, */*', 'refused'],
    ['text/event-stream;q=0', 'refused'],
    ['text/event-stream;q=0, text/*', 'refused'],
    ['application/json; a="text/event-stream"', 'refused'],
    ['text/event-stream', 'preferred'],
    ['text/*', 'preferred'],
    ['Text/Event-Stream; charset=utf-8, */*', 'preferred'],
    ['text/event-stream, application/json', 'preferred'],
    ['application/json;q=0.9, text/event-stream', 'preferred'],
    ['application/json, text/event-stream', 'accepted'],
    ['*/*, text/event-stream', 'accepted'],
    ['text/event-stream;q=0.5, application/json', 'accepted'],
    [`${GRAPHQL_TYPE}, application/graphql+json, ${JSON_TYPE}, text/event-stream, multipart/mixed`, 'accepted'],
  ] as const) {
    it(`P40, P69: with "${accept}" an event stream is ${eventStream}`, () => {
      assert.equal(readAccept(accept).eventStream, eventStream);
    });
  }
});
