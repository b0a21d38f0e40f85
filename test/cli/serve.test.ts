import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { capturedIo } from './captured-io.ts';
import { ROOT, runSluice, serveChild, startChild } from './child.ts';
import { temporaryFolder } from './temporary-folder.ts';

const folder = temporaryFolder({ 'bad.graphql': 'type A @topic(name: "a", delivery: DURABL) {\n  id: ID!\n}\n' });

test('the ready line is the first on stdout, and the lines below it work when pasted', async (t) => {
  const port = await freePort();
  const served = await serveChild(`${folder}/ready`, ['--port', String(port)]);
  t.after(() => served.stop());
  await eventually(() => served.stdout().split('\n').length > 4);
  const [ready, ...rest] = served.stdout().split('\n');
  const url = `http://127.0.0.1:${port}/graphql`;
  assert.equal(ready, `Sluice ready on ${url}`);
  const [subscribe = '', publish = '', demo = ''] = rest.map((line) => line.trim());
  assert.match(subscribe, /^\.\/sluice subscribe 'subscription \{ quake/);
  assert.match(publish, /^\.\/sluice publish Quake '\{/);
  assert.equal(demo, 'npm run demo');

  const subscriber = startChild('/bin/sh', ['-c', `exec ${subscribe} --count 1`], ROOT);
  t.after(() => subscriber.process.kill());
  // Nothing says that a subscription is attached, so publish until it prints.
  await eventually(
    async () => {
      if (subscriber.stdout() !== '') return true;
      const publisher = startChild('/bin/sh', ['-c', publish], ROOT);
      assert.equal(await publisher.exit, 0, publisher.stderr());
      assert.equal(publisher.stdout(), '1 acknowledged, 0 rejected, 0 unavailable, 0 unknown\n');
      return subscriber.stdout() !== '';
    },
    { deadlineMs: 120_000, what: 'the subscriber printing an event' },
  );
  assert.equal(await subscriber.exit, 0, subscriber.stderr());
  assert.equal((JSON.parse(subscriber.stdout()) as { data: { quake: { id: string } } }).data.quake.id, 'us-1');
});

test('SIGTERM and SIGINT drain and end with 0; log lines are JSON on stderr', async () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const served = await serveChild(`${folder}/signal`);
    served.process.kill(signal);
    assert.equal(await served.exit, 0, served.stderr());
    for (const line of served.stderr().trimEnd().split('\n')) JSON.parse(line);
    await assert.rejects(fetch(served.url), 'the port is closed');
  }
});

test('a port in use is named with its host and the flag that changes it; code 1', async (t) => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  t.after(() => other.close());
  const address = other.address();
  const port = String(typeof address === 'object' && address !== null ? address.port : 0);
  for (const [flag, otherFlag] of [
    ['--port', '--admin-port'],
    ['--admin-port', '--port'],
  ] as const) {
    const words = ['serve', flag, port, otherFlag, '0', '--data-dir', `${folder}/in-use`];
    const { code, stdout, stderr } = await runSluice(words);
    assert.deepEqual([code, stdout], [1, ''], stderr);
    assert.ok(stderr.includes(port) && stderr.includes('127.0.0.1'), stderr);
    assert.match(stderr, new RegExp(`(?<![-\\w])${flag}\\b`));
    assert.doesNotMatch(stderr, new RegExp(`(?<![-\\w])${otherFlag}\\b`));
  }
});

test('a schema with problems is not served: each is shown; code 1', async () => {
  const { code, stdout, stderr } = await runSluice(['serve', '--schema', 'bad.graphql', '--port', '0'], { folder });
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /^bad\.graphql:1:\d+ .*\n {2}1 \| type A @topic.*\n {4}\| +\^+\n/);
  assert.match(stderr, /1 problem in the schema\n$/);
});

test('A77: a public host without its brokers, or without auth: none, does not start', async () => {
  const unauthenticated = await runSluice(['serve', '--host', '0.0.0.0', '--port', '0', '--admin-port', '0']);
  assert.equal(unauthenticated.code, 2);
  assert.match(
    unauthenticated.stderr,
    /--host 0\.0\.0\.0\n {2}the host is not loopback and there is no authentication/,
  );
  const unbound = await runSluice(['serve', '--host', '0.0.0.0', '--auth', 'none', '--port', '0', '--admin-port', '0']);
  assert.equal(unbound.code, 1);
  assert.match(unbound.stderr, /DURABLE topics have no broker[\s\S]*3 problems at the start/);
});

test('the first signal drains, a second one ends the process at once', async () => {
  const io = capturedIo();
  const words = ['serve', '--port', '0', '--admin-port', '0', '--data-dir', `${folder}/second`];
  const ended = run({ words, environment: {}, folder: '/', io });
  await eventually(() => io.stdout.text().startsWith('Sluice ready'), { deadlineMs: 60_000 });
  assert.equal(io.signal(), 1);
  assert.deepEqual(io.exits, []);
  io.signal();
  assert.deepEqual(io.exits, [1]);
  assert.equal(await ended, 0);
  assert.equal(io.signal(), 0, 'nobody listens after the end');
});
