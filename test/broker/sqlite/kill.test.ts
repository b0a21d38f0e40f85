import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readLog } from '../adapters/sqlite.ts';
import { Collector } from '../collector.ts';
import { durableTopics, instanceOf } from '../topics.ts';
import { logBroker, publish, temporaryFolder } from './folder-fixture.ts';

const program = fileURLToPath(new URL('../support/publishing-child.ts', import.meta.url));
const topic = durableTopics.parameter;
const instance = instanceOf(topic, 'killed');

function numbersIn(folder: string): number[] {
  return readLog(folder, instance).map(({ value }) => (JSON.parse(value?.toString() ?? '') as { n: number }).n);
}

test('F32, J1, J4: after kill -9 in mid-publish the log opens intact with every acknowledged event, in order', async (context) => {
  const folder = await temporaryFolder(context);
  for (const enough of [30, 400, 1_500]) {
    const before = numbersInIfAny(folder).length;
    const child = spawn(process.execPath, [program, folder, 'flood'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    for await (const data of child.stdout) {
      said += String(data);
      if (said.split('\n').length > enough) child.kill('SIGKILL');
    }
    const acknowledged = [...said.matchAll(/^acknowledged (\d+)$/gm)].map(([, n]) => Number(n));
    assert.ok(acknowledged.length >= enough - 2, `${acknowledged.length} acknowledgements before the kill`);

    const broker = logBroker(context, { folder });
    assert.equal((await broker.open()).contacted, true);
    const database = new DatabaseSync(join(folder, 'log.sqlite'), { readOnly: true });
    assert.equal(database.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok');
    database.close();
    const numbers = numbersIn(folder).slice(before);
    const stored = new Set(numbers);
    assert.deepEqual(
      acknowledged.filter((n) => !stored.has(n)),
      [],
      'J1: acknowledged and missing',
    );
    const wrong = numbers.findIndex((n, at) => n !== at);
    assert.equal(wrong, -1, 'in call order, none twice and none left out before the last');
    // The opened log goes on behind them.
    const collector = new Collector();
    const tail = broker.tail(broker.stream(topic, instance), collector);
    await tail.attached;
    const outcome = await publish(broker, topic, instance, `{"n":${numbers.length}}`);
    assert.equal(outcome.type, 'acknowledged');
    assert.deepEqual(collector.texts(), [`{"n":${numbers.length}}`]);
    await broker.close();
  }
});

function numbersInIfAny(folder: string): number[] {
  try {
    return numbersIn(folder);
  } catch {
    return [];
  }
}

/** Is there a system call tracer that may trace here? */
function whyNotTraced(): string | false {
  const { status, error } = spawnSync('strace', ['-e', 'trace=none', 'true']);
  return status === 0 ? false : `strace cannot trace here: ${error?.message ?? `it ended with ${status}`}`;
}

test('F32: under strace every acknowledgement follows a sync of the log', { skip: whyNotTraced() }, async (context) => {
  const folder = await temporaryFolder(context);
  const trace = join(folder, 'trace');
  const command = [
    '-f',
    '-y',
    '-o',
    trace,
    '-e',
    'trace=fsync,fdatasync,write',
    process.execPath,
    program,
    folder,
    'steps',
    '25',
  ];
  const child = spawn('strace', command, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'close');
  assert.equal(code, 0);
  let synced = false;
  let acknowledged = 0;
  for (const line of (await readFile(trace, 'utf8')).split('\n')) {
    if (/f(data)?sync\(\d+<[^>]*log\.sqlite-wal>/.test(line)) synced = true;
    if (!/write\(1<.*"acknowledged/.test(line)) continue;
    acknowledged++;
    assert.ok(synced, `acknowledgement ${acknowledged} came before a sync of the log`);
    synced = false;
  }
  assert.equal(acknowledged, 25);
});
