import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type DocumentNode, getVariableValues, Kind, parse, validate } from 'graphql';
import type { JsonObject } from '../../../src/json/value.ts';
import { silentLogger } from '../../../src/log/logger.ts';
import { OperationPlans } from '../../../src/operation/compiled/operation-plans.ts';
import type { ValidDocument } from '../../../src/operation/document.ts';
import { receiptOf } from '../../../src/operation/receipt.ts';
import type { RootValue } from '../../../src/operation/root-value.ts';
import { singleOperation } from '../../../src/operation/single.ts';
import type { TopicInstance } from '../../../src/routing/topic.ts';
import { loadSchema } from '../../../src/schema/load-schema.ts';
import { Tape } from '../../fanout/projection/tape.ts';
import { generateOperation, generateVariables } from './generate-operation.ts';
import { scriptedRoot } from './scripted-root.ts';

const seed = Number(process.env['SLUICE_TEST_SEED'] ?? Date.now() % 2 ** 31);
console.log(`compiled operations: seed ${seed} (SLUICE_TEST_SEED sets it)`);

const gateway = loadSchema({
  file: 'schema.graphql',
  text: `
    type Job @topic(name: "jobs.{queue}", delivery: BUFFERED) { queue: ID! size: Int! tags: [String] big: Long }
    type Order { total: Float! }
    type Refund { reason: String }
    union Sale @topic(name: "sales", delivery: EPHEMERAL) = Order | Refund
  `,
});
const { schema } = gateway;

function documentOf(document: DocumentNode): ValidDocument {
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  return {
    type: 'valid',
    document,
    operations,
    fragments: new Map(fragments.map((node) => [node.name.value, node])),
  };
}

interface Answer {
  readonly text: string;
  readonly wasPlanned: boolean;
}

/** Runs an operation by its plan, or by graphql-js. */
async function answer(
  document: ValidDocument,
  inputs: JsonObject,
  rootValue: RootValue,
  way: 'planned' | 'executed',
): Promise<Answer> {
  const [operation] = document.operations;
  assert.ok(operation !== undefined);
  const plan = new OperationPlans(schema, rootValue).of(document, operation);
  const coerced = way === 'planned' ? plan.coercion.coerce(inputs) : undefined;
  const environment = { schema, rootValue, log: silentLogger };
  const origin = { caller: { admit: () => undefined }, name: undefined, trace: undefined };
  const text = await singleOperation(environment, { document, operation, plan, inputs, coerced, origin }).run();
  // Each masked error has an id of its own.
  const masked = text.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'id');
  return { text: masked, wasPlanned: coerced !== undefined && plan.roots(coerced) !== undefined };
}

const numbers = (maxLength: number): fc.Arbitrary<number[]> =>
  fc.array(fc.nat({ max: 0xff }), { maxLength, size: 'max' });

describe('compiled queries and mutations', () => {
  test('answer byte for byte what graphql-js answers, after the same calls in the same order', async () => {
    const counts = { compared: 0, planned: 0, errors: 0 };
    const cases = 4000;
    await fc.assert(
      fc.asyncProperty(numbers(150), numbers(12), numbers(60), async (documentChoices, variableChoices, script) => {
        const text = generateOperation(new Tape(documentChoices));
        const parsed = parse(text);
        if (validate(schema, parsed).length > 0) return;
        const document = documentOf(parsed);
        const inputs = generateVariables(new Tape(variableChoices)) as JsonObject;
        const definitions = document.operations[0]?.variableDefinitions ?? [];
        if (getVariableValues(schema, definitions, inputs).errors !== undefined) return;
        const [ours, theirs] = [new Tape(script), new Tape(script)].map((tape) => scriptedRoot(gateway, tape));
        assert.ok(ours !== undefined && theirs !== undefined);
        const planned = await answer(document, inputs, ours.rootValue, 'planned');
        const executed = await answer(document, inputs, theirs.rootValue, 'executed');
        assert.equal(planned.text, executed.text, text);
        assert.deepEqual(ours.calls, theirs.calls, text);
        counts.compared += 1;
        if (planned.wasPlanned) counts.planned += 1;
        if (planned.text.includes('"errors":')) counts.errors += 1;
      }),
      { seed, numRuns: cases },
    );
    console.log(`compiled operations: ${JSON.stringify(counts)}`);
    assert.ok(counts.compared > cases / 2 && counts.planned > cases / 3, 'the generator is one-sided');
    assert.ok(counts.errors > cases / 20, 'the script is one-sided');
  });

  test('a root field runs after the one before it has been answered', async () => {
    const order: string[] = [];
    const rootValue: RootValue = {
      async publishJob(_values, _context, responseKey) {
        order.push(`${responseKey} begins`);
        await new Promise(setImmediate);
        order.push(`${responseKey} ends`);
        return null;
      },
    };
    const document = documentOf(
      parse(
        'mutation { a: publishJob(event: {queue: "q", size: 1}) { topic } b: publishJob(event: {queue: "q", size: 2}) { topic } }',
      ),
    );
    const { text, wasPlanned } = await answer(document, {}, rootValue, 'planned');
    assert.deepEqual(order, ['a begins', 'a ends', 'b begins', 'b ends']);
    assert.deepEqual([text, wasPlanned], ['{"data":{"a":null,"b":null}}', true]);
  });

  test('a receipt with all of its fields, its cursor too, is written without graphql-js', () => {
    const document = documentOf(parse('mutation { publishJob(event: {queue: "q", size: 1}) { topic offset cursor } }'));
    const [operation] = document.operations;
    assert.ok(operation !== undefined);
    const { rootValue } = scriptedRoot(gateway, new Tape([]));
    const [root] = new OperationPlans(schema, rootValue).of(document, operation).roots({}) ?? [];
    assert.ok(root?.type === 'call' && gateway.topics[0] !== undefined);
    const position = { type: 'log', epoch: 'e', sequence: 4 } as const;
    const receipt = receiptOf(gateway.topics[0].topic, 'jobs.q' as TopicInstance, 1, position);
    const text = JSON.stringify({ topic: 'jobs.{queue}', offset: '4', cursor: receipt.cursor() });
    assert.deepEqual(root.complete(receipt), { text });
  });

  test('what reads history or the schema itself is left to graphql-js', async () => {
    for (const text of [
      '{ __schema { queryType { name } } }',
      '{ jobHistory(queue: "a") { pageInfo { hasNextPage } } }',
    ]) {
      const document = documentOf(parse(text));
      const rootValue: RootValue = { jobHistory: () => ({ pageInfo: { hasNextPage: false } }) };
      const { wasPlanned } = await answer(document, {}, rootValue, 'planned');
      assert.equal(wasPlanned, false, text);
    }
  });

  test('A37: combinations of directives beyond a bound are executed, not compiled and kept', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const fields = names.map((name) => `${name}: topics @include(if: $${name}) { name }`).join(' ');
    const document = documentOf(parse(`query (${names.map((name) => `$${name}: Boolean!`).join(' ')}) { ${fields} }`));
    const [operation] = document.operations;
    assert.ok(operation !== undefined);
    const plan = new OperationPlans(schema, { topics: () => [] }).of(document, operation);
    let compiled = 0;
    for (let bits = 0; bits < 2 ** names.length; bits += 1) {
      const inputs = Object.fromEntries(names.map((name, index) => [name, ((bits >> index) & 1) === 1]));
      if (plan.roots(plan.coercion.coerce(inputs) ?? {}) !== undefined) compiled += 1;
    }
    assert.ok(compiled > 0 && compiled <= 4, `${compiled} were compiled`);
  });
});
