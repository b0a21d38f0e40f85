import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readQuery } from '../../../src/protocol/http/get-request.ts';

describe('the request in a URL', () => {
  it('P64: query, operationName, variables and extensions, percent-encoded; JSON where they are objects', () => {
    const parameters = new URLSearchParams({
      query: 'query Q($t: String) { a(t: "ä&=+%") }',
      operationName: 'Q',
      variables: '{"t":"€ 😀","n":9007199254740993}',
      extensions: '{"cursor":"c-_1"}',
      other: 'ignored',
    });
    assert.deepEqual(readQuery(parameters.toString()), {
      query: 'query Q($t: String) { a(t: "ä&=+%") }',
      operationName: 'Q',
      variables: { t: '€ 😀', n: 9007199254740993n },
      extensions: { cursor: 'c-_1' },
    });
  });

  it('P64: null optionals and an empty operationName are absent', () => {
    assert.deepEqual(readQuery('query=q&operationName=&variables=null&extensions=null&&'), {
      query: 'q',
      operationName: undefined,
      variables: undefined,
      extensions: undefined,
    });
  });

  for (const [query, reason] of [
    ['', /'query' must be a string/],
    ['variables={}', /'query' must be a string/],
    ['query', undefined],
    ['query=q&variables={', /'variables' is not valid JSON/],
    ['query=q&variables=', /'variables' is not valid JSON/],
    ['query=q&variables=[]', /'variables' must be an object/],
    ['query=q&variables="x"', /'variables' must be an object/],
    ['query=q&extensions=1', /'extensions' must be an object/],
    ['query=q&query=r', /twice/],
    ['query=%ff', /percent-encoded/],
    ['query=%zz', /percent-encoded/],
    ['query=%', /percent-encoded/],
    ['__proto__=q', /'query' must be a string/],
    ['variables=%7B%22__proto__%22%3A1%7D&__proto__=x&constructor=y&query=q', undefined],
  ] as const) {
    it(`P64: "${query}" is ${reason === undefined ? 'a request' : 'refused'}`, () => {
      const request = readQuery(query);
      if (reason === undefined) assert.equal(typeof request, 'object');
      else assert.match(String(request), reason);
      assert.equal(({} as Record<string, unknown>)['x'], undefined);
    });
  }
});
