import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCaptured } from './captured-io.ts';
import { temporaryFolder } from './temporary-folder.ts';

const GOOD = 'type Order @topic(name: "orders.{customer}", delivery: DURABLE) { id: ID! customer: ID! }\n';
const BAD =
  'type Order @topic(name: "orders.{customr}", delivery: DURABLE) {\n  id: ID!\n  customer: ID!\n  size: Whatever\n}\n';
const folder = temporaryFolder({ 'good.graphql': GOOD, 'bad.graphql': BAD });

test('a good schema and configuration: its topics on stdout, code 0', async () => {
  assert.deepEqual(await runCaptured(['check', '--schema', 'good.graphql'], { folder }), {
    code: 0,
    stdout: 'good.graphql is good: orders.{customer}\n',
    stderr: '',
  });
});

test('the bundled example is good', async () => {
  assert.equal((await runCaptured(['check'])).code, 0);
});

test('every schema problem is shown with place, line, carets and count; code 1', async () => {
  const { code, stdout, stderr } = await runCaptured(['check', '--schema', 'bad.graphql'], { folder });
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /bad\.graphql:1:\d+ .*\n {2}1 \| type Order @topic.*\n {4}\| +\^+\n/);
  assert.match(stderr, /bad\.graphql:4:\d+ .*\n {2}4 \| {3}size: Whatever\n {4}\| {9}\^{8}\n/);
  assert.match(stderr, /2 problems in the schema\n$/);
});

test('a configuration problem is code 1, a flag that does not exist code 2', async () => {
  const environment = { SLUICE_PORT: 'x' };
  const { code, stderr } = await runCaptured(['check'], { folder, environment });
  assert.equal(code, 1);
  assert.match(stderr, /^SLUICE_PORT=x\n {2}it is not a port\. Write .*\n\n1 problem in the configuration\n$/);
  assert.equal((await runCaptured(['check', '--prot', '1'], { folder })).code, 2);
});

test('A77: schema and configuration together: a public host without the broker that a topic needs', async () => {
  const words = ['check', '--schema', 'good.graphql', '--host', '0.0.0.0', '--auth', 'none'];
  const { code, stderr } = await runCaptured(words, { folder });
  assert.equal(code, 1);
  assert.match(stderr, /DURABLE topics have no broker/);
  assert.ok(!stderr.includes('EPHEMERAL'));
  for (const more of [['--embedded'], ['--kafka-brokers', 'k:9092']]) {
    assert.equal((await runCaptured([...words, ...more], { folder })).code, 0, more.join(' '));
  }
});

test('several workers need a broker for every delivery in use; auto does not mind', async () => {
  const words = ['check', '--schema', 'good.graphql', '--workers'];
  const { code, stderr } = await runCaptured([...words, '2'], { folder });
  assert.equal(code, 1);
  assert.match(stderr, /^--workers 2 needs brokers that all workers share, but DURABLE topics are embedded/);
  assert.match(stderr, /1 problem at the start\n$/);
  for (const more of [['auto'], ['2', '--kafka-brokers', 'k:9092']]) {
    assert.equal((await runCaptured([...words, ...more], { folder })).code, 0, more.join(' '));
  }
});

test('a schema file that is not there is named', async () => {
  const { code, stderr } = await runCaptured(['check', '--schema', 'gone.graphql'], { folder });
  assert.equal(code, 1);
  assert.match(stderr, /The schema file gone\.graphql cannot be read: ENOENT.*--schema FILE/);
});

test('--json is one object with every problem and its kind', async () => {
  const parse = async (
    ...words: string[]
  ): Promise<{ code: number; report: { ok: boolean; problems: { kind: string }[] } }> => {
    const { code, stdout, stderr } = await runCaptured(['check', '--json', ...words], { folder });
    assert.equal(stderr, '');
    return { code, report: JSON.parse(stdout) as { ok: boolean; problems: { kind: string }[] } };
  };
  assert.deepEqual(await parse('--schema', 'good.graphql'), { code: 0, report: { ok: true, problems: [] } });
  const kinds = async (...words: string[]): Promise<unknown> => {
    const { code, report } = await parse(...words);
    return [code, report.ok, report.problems.map(({ kind }) => kind)];
  };
  assert.deepEqual(await kinds('--schema', 'bad.graphql'), [1, false, ['schema', 'schema']]);
  assert.deepEqual(await kinds('--schema', 'gone.graphql'), [1, false, ['start']]);
  assert.deepEqual(await kinds('--port', 'x'), [1, false, ['config']]);
  assert.deepEqual(await kinds('--schema', 'good.graphql', '--host', '::', '--auth', 'none'), [1, false, ['start']]);
});

test('A61: the manifest of persisted operations is checked against the schema', async () => {
  const files = {
    'good.graphql': GOOD,
    'good.json': '{"a":"{ topics { name } }"}',
    'bad.json': '{"a":"{\\n  topics { nme }\\n}","b":"{"}',
  };
  const here = temporaryFolder(files);
  const words = ['check', '--schema', 'good.graphql', '--operations'];
  assert.equal((await runCaptured([...words, 'good.json'], { folder: here })).code, 0);
  const { code, stderr } = await runCaptured([...words, 'bad.json'], { folder: here });
  assert.equal(code, 1);
  assert.match(stderr, /bad\.json: a, line 2: Cannot query field "nme".*\(FieldsOnCorrectType\)/);
  assert.match(stderr, /bad\.json: b, line 1: Syntax Error/);
});
