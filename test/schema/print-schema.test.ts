import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { buildSchema, validateSchema } from 'graphql';
import { printGatewaySchema } from '../../src/schema/print-schema.ts';
import { loadEverything } from './everything.ts';

test('design §8: the API derived from a schema that uses everything is the one on file', () => {
  const expected = readFileSync(new URL('everything.api.txt', import.meta.url), 'utf8');
  assert.equal(printGatewaySchema(loadEverything()), expected);
});

test('the printed API is a schema that any GraphQL tool can read', () => {
  assert.deepEqual(validateSchema(buildSchema(printGatewaySchema(loadEverything()))), []);
});
