import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subscribe } from '../../src/cli/subscribe.ts';
import { readSubscribeSettings, type SubscribeSettings } from '../../src/cli/subscribe-settings.ts';
import { parseFlags } from '../../src/config/flags.ts';

const QUERY = 'subscription { quake { id } }';
const read = (...words: string[]): SubscribeSettings | string =>
  readSubscribeSettings(parseFlags(words, subscribe.flags), 'http://127.0.0.1:4000/graphql');

test('a subscription with variables and a count; integers in variables stay exact', () => {
  assert.deepEqual(read(QUERY, '--variables', '{"n":9007199254740993}', '--count', '3'), {
    query: QUERY,
    variables: { n: 9007199254740993n },
    url: 'http://127.0.0.1:4000/graphql',
    cursor: undefined,
    count: 3,
    json: false,
  });
});

test('each mistake is named', () => {
  const cases = [
    [[], /needs a subscription/],
    [['{ topics { name } }'], /is a query, not a subscription/],
    [['mutation { a }'], /is a mutation, not a subscription/],
    [['fragment a on B { c }'], /must hold one subscription/],
    [[`${QUERY} ${QUERY.replace('subscription', 'subscription b')}`], /must hold one subscription/],
    [['subscription { quake {'], /not valid GraphQL at 1:23: Syntax Error/],
    [['subscription', '{', 'a', '}'], /quoted as one word/],
    [[QUERY, '--variables', '{'], /--variables is not JSON/],
    [[QUERY, '--variables', '[]'], /--variables must be a JSON object/],
    [[QUERY, '--count', '0'], /--count 0 is not/],
    [[QUERY, '--url', 'nowhere'], /--url nowhere is not/],
  ] as const;
  for (const [words, message] of cases) assert.match(String(read(...words)), message, words.join(' '));
});
