import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildSchema } from 'graphql';
import { runCaptured } from './captured-io.ts';
import { temporaryFolder } from './temporary-folder.ts';

test('what is printed is a GraphQL schema with the derived names of design §8', async () => {
  const { code, stdout, stderr } = await runCaptured(['print-schema']);
  assert.deepEqual([code, stderr], [0, '']);
  const schema = buildSchema(stdout);
  assert.ok(schema.getSubscriptionType()?.getFields()['quake']);
  assert.ok(schema.getMutationType()?.getFields()['publishQuake']);
  assert.ok(schema.getMutationType()?.getFields()['publishQuakeBatch']);
  assert.ok(schema.getType('QuakeInput') && schema.getType('QuakeFilter'));
});

test('a schema with problems prints nothing on stdout', async () => {
  const folder = temporaryFolder({ 'bad.graphql': 'type A { id: ID! }\n' });
  const { code, stdout, stderr } = await runCaptured(['print-schema', '--schema', 'bad.graphql'], { folder });
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /1 problem in the schema/);
});
