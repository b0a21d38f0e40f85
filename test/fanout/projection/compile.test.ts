import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  buildSchema,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import { compileProjection } from '../../../src/fanout/projection/compile.ts';
import { executingProjection } from '../../../src/fanout/projection/execute.ts';
import type { ProjectionRequest } from '../../../src/fanout/projection/request.ts';
import { parseJson } from '../../../src/json/text.ts';
import type { JsonObject } from '../../../src/json/value.ts';
import { loadSchema } from '../../../src/schema/load-schema.ts';

const { schema } = loadSchema({
  file: 'orders.graphql',
  text: `
    type Order @topic(name: "orders.{customer}", delivery: DURABLE) {
      id: ID!
      customer: ID!
      number: Long
      total: Float
      count: Int
      at: DateTime
      received: Timestamp
      status: Status
      notes: JSON
      price: Money
      lines: [Line!]
      grid: [[Int!]]
      shipTo: Address
    }
    type Line { sku: ID!  quantity: Int! }
    type Address { city: String!  next: Address }
    enum Status { OPEN CLOSED }
    scalar Money
    union Change @topic(name: "changes.{tenant}", delivery: EPHEMERAL, discriminator: "kind") = Made | Gone
    type Made @event(value: "change.made") { tenant: ID!  by: String! }
    type Gone @event(value: "change.gone") { tenant: ID!  reason: String }
  `,
});

function requestOf(
  text: string,
  variables: Readonly<Record<string, unknown>> = {},
  of: GraphQLSchema = schema,
): ProjectionRequest {
  const document = parse(text);
  const problems = validate(of, document).filter(({ message }) => !/never used/.test(message));
  assert.deepEqual(problems.map(String), []);
  const operation = document.definitions.find(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  );
  assert.ok(operation);
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  return { schema: of, operation, fragments, variables };
}

interface Result {
  readonly data: string;
  readonly errors: readonly unknown[] | undefined;
}

/** The result of one event, compiled; fails where the fallback would give another one, or is needed. */
function project(text: string, event: string, variables: Readonly<Record<string, unknown>> = {}): Result {
  const request = requestOf(text, variables);
  const value = parseJson(event) as JsonObject;
  const compiled = compileProjection({ ...request, onFallback: (reason) => assert.fail(`not compiled: ${reason}`) });
  const result = compiled(value);
  assert.deepStrictEqual(result, executingProjection(request)(value));
  return { data: result.data, errors: result.errors === undefined ? undefined : JSON.parse(result.errors) };
}

const order = (selection: string) => `subscription { order(customer: "7") ${selection} }`;

describe('compileProjection', () => {
  test('writes what was selected, in the order of the selection', () => {
    assert.deepEqual(
      project(
        order('{ total id status lines { quantity } shipTo { city } __typename }'),
        '{"id":42,"total":12.5,"status":"OPEN","lines":[{"sku":"a","quantity":2}],"more":1}',
      ),
      {
        data: '{"order":{"total":12.5,"id":"42","status":"OPEN","lines":[{"quantity":2}],"shipTo":null,"__typename":"Order"}}',
        errors: undefined,
      },
    );
  });

  test('P83: an alias changes the key and nothing else', () => {
    const { data } = project('subscription { x: order(customer: "7") { y: id id } }', '{"id":"1"}');
    assert.equal(data, '{"x":{"y":"1","id":"1"}}');
  });

  test('large integers are exact in Long, ID and JSON, and doubles in Float', () => {
    const { data } = project(
      order('{ id number total notes }'),
      '{"id":9007199254740993,"number":9223372036854775807,"total":9007199254740993,"notes":{"n":[12345678901234567890]}}',
    );
    assert.equal(
      data,
      '{"order":{"id":"9007199254740993","number":"9223372036854775807","total":9007199254740992,"notes":{"n":[12345678901234567890]}}}',
    );
  });

  test('P84: an error in a nullable field nulls that field, with its path and place', () => {
    assert.deepEqual(project(order('{ id\n n: count }'), '{"id":"1","count":1.5}'), {
      data: '{"order":{"id":"1","n":null}}',
      errors: [
        {
          message: 'Int cannot represent non-integer value: 1.5',
          locations: [{ line: 2, column: 2 }],
          path: ['order', 'n'],
          extensions: { code: 'EVENT_INVALID' },
        },
      ],
    });
  });

  test('P85: null in a non-null position nulls the nearest nullable parent, list items included', () => {
    const { data, errors } = project(
      order('{ id lines { sku quantity } grid shipTo { next { city } } }'),
      '{"id":"1","lines":[{"sku":"a","quantity":1},{"sku":"b"}],"grid":[[1],[2,null],null],"shipTo":{"next":{}}}',
    );
    assert.equal(data, '{"order":{"id":"1","lines":null,"grid":[[1],null,null],"shipTo":{"next":null}}}');
    assert.deepEqual(
      errors?.map((error) => [Reflect.get(error as object, 'path'), Reflect.get(error as object, 'message')]),
      [
        [['order', 'lines', 1, 'quantity'], 'Cannot return null for non-nullable field Line.quantity.'],
        [['order', 'grid', 1, 1], 'Cannot return null for non-nullable field Order.grid.'],
        [['order', 'shipTo', 'next', 'city'], 'Cannot return null for non-nullable field Address.city.'],
      ],
    );
  });

  test('P85: the root field is null when null reaches it, and the next event is none the wiser', () => {
    const request = requestOf(order('{ id }'));
    const compiled = compileProjection(request);
    assert.equal(compiled({}).data, '{"order":null}');
    assert.notEqual(compiled({}).errors, undefined);
    assert.deepEqual(compiled({ id: 'a' }), { data: '{"order":{"id":"a"}}', errors: undefined });
  });

  test('a value that is no object, or no list, where the type has one is an error', () => {
    const { data, errors } = project(
      order('{ shipTo { next { city } } lines { sku } }'),
      '{"shipTo":"Santiago","lines":{}}',
    );
    assert.equal(data, '{"order":{"shipTo":null,"lines":null}}');
    assert.deepEqual(
      errors?.map((error) => Reflect.get(error as object, 'message')),
      [
        'Expected a JSON object of type "Address", but found a string.',
        'Expected Iterable, but did not find one for field "Order.lines".',
      ],
    );
  });

  test('a union is told by its discriminator; a value without one is an error', () => {
    const text = 'subscription { change(tenant: "t") { __typename ... on Made { by } ... on Gone { reason } } }';
    assert.deepEqual(project(text, '{"kind":"change.made","by":"ann","reason":"x"}'), {
      data: '{"change":{"__typename":"Made","by":"ann"}}',
      errors: undefined,
    });
    for (const event of ['{"by":"ann"}', '{"kind":7}', '{"kind":"constructor"}']) {
      const { data, errors } = project(text, event);
      assert.equal(data, '{"change":null}');
      assert.deepEqual(Reflect.get(errors?.[0] as object, 'path'), ['change']);
    }
  });

  test('merged fields and fragments select once; @skip and @include follow the variables', () => {
    const text = `
      subscription ($no: Boolean!) { order(customer: "7") { shipTo { city } ...F id @skip(if: $no) ...F count @include(if: $no) } }
      fragment F on Order { shipTo { next { city } } total @include(if: false) }`;
    const event = '{"id":"1","count":2,"total":1,"shipTo":{"city":"a","next":{"city":"b"}}}';
    const merged = '"shipTo":{"city":"a","next":{"city":"b"}}';
    assert.equal(project(text, event, { no: true }).data, `{"order":{${merged},"count":2}}`);
    assert.equal(project(text, event, { no: false }).data, `{"order":{${merged},"id":"1"}}`);
  });

  test('an object of which nothing is selected is empty', () => {
    assert.equal(project(order('{ id @skip(if: true) }'), '{"id":"1"}').data, '{"order":{}}');
  });

  test('A57: __proto__ and constructor are plain keys, and inherited members are absent', () => {
    const of = buildSchema(
      'type Query { a: Int } type Subscription { e: E } type E { constructor: String, valueOf: Int }',
    );
    const compiled = compileProjection(
      requestOf('subscription { e { __proto__: constructor constructor valueOf } }', {}, of),
    );
    assert.deepEqual(compiled({}), {
      data: '{"e":{"__proto__":null,"constructor":null,"valueOf":null}}',
      errors: undefined,
    });
    const own = parseJson('{"constructor":"own","__proto__":{"valueOf":1}}') as JsonObject;
    assert.equal(compiled(own).data, '{"e":{"__proto__":"own","constructor":"own","valueOf":null}}');
    assert.equal(Reflect.get({}, 'valueOf'), Object.prototype.valueOf);
  });

  test('texts are escaped as JSON.stringify escapes them', () => {
    for (const text of [
      '"',
      '\\',
      '\n\u0000\u001f',
      '\u007f\u2028',
      '\ud800',
      '\udfff\ud800',
      '😀',
      `${'x'.repeat(150)}"`,
    ]) {
      const { data } = project(order('{ id }'), JSON.stringify({ id: text }));
      assert.equal(data, JSON.stringify({ order: { id: text } }));
    }
  });

  test('an operation that cannot be compiled is executed, and is reported once', () => {
    const of = buildSchema(
      'type Query { a: Int } type Subscription { e: E } type E { id: ID, scaled(by: Int! = 2): Int, inner: E }',
    );
    const reasons: string[] = [];
    const compiled = compileProjection({
      ...requestOf('subscription { e { id inner { scaled } } }', {}, of),
      onFallback: (reason) => reasons.push(reason),
    });
    assert.equal(compiled({ id: '1' }).data, '{"e":{"id":"1","inner":null}}');
    assert.deepEqual(reasons, []);
    for (let event = 0; event < 3; event += 1) {
      assert.equal(compiled({ id: '1', inner: { scaled: 4 } }).data, '{"e":{"id":"1","inner":{"scaled":4}}}');
    }
    assert.deepEqual(reasons, ['field E.scaled has a resolver or arguments']);
  });

  test('never throws: a resolver that answers later gives an error of the event', () => {
    const of = buildSchema('type Query { a: Int } type Subscription { e: E } type E { id: ID }');
    const id = of.getType('E');
    assert.ok(id && 'getFields' in id);
    const field = id.getFields()['id'];
    assert.ok(field && 'resolve' in field);
    field.resolve = async () => 'later';
    const result = compileProjection(requestOf('subscription { x: e { id } }', {}, of))({});
    assert.equal(result.data, '{"x":null}');
    assert.match(result.errors ?? '', /"path":\["x"\],"extensions":\{"code":"EVENT_INVALID"\}/);
  });
});
