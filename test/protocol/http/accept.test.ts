import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseResponseType } from '../../../src/protocol/http/accept.ts';

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
      assert.equal(chooseResponseType(accept), type);
    });
  }
});
