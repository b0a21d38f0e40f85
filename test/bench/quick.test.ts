import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ROOT, startChild } from '../cli/child.ts';

interface Run {
  readonly what: string;
  readonly published?: number;
  readonly delivered?: number;
  readonly duplicates?: number;
  readonly receipts?: number;
  readonly connections?: number;
}

interface Report {
  readonly quick: boolean;
  readonly failures: readonly string[];
  readonly tables: Readonly<Record<string, readonly { readonly measure: string }[]>>;
  readonly runs: readonly Run[];
}

/** One quick run of the bench, of which only counts are looked at: other load must not fail it. */
describe('npm run bench -- --quick', () => {
  let folder: string;
  let report: Report;
  let output: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-bench-test-'));
    const file = join(folder, 'report.json');
    const chosen = ['calibration', 'limit', 'mutations', 'connections'];
    const bench = startChild(process.execPath, [`${ROOT}bench/main.ts`, '--quick', '--json', file, ...chosen]);
    assert.equal(await bench.exit, 0, `${bench.stdout()}\n${bench.stderr()}`);
    output = bench.stdout();
    report = JSON.parse(await readFile(file, 'utf8')) as Report;
  });

  after(() => rm(folder, { recursive: true, force: true }));

  function runsOf(beginning: string): readonly Run[] {
    const runs = report.runs.filter(({ what }) => what.startsWith(beginning));
    assert.ok(runs.length > 0, `no run of ${beginning}`);
    return runs;
  }

  it('runs the scenarios that were named, and says that it was quick', () => {
    assert.deepEqual(report.failures, []);
    assert.deepEqual(Object.keys(report.tables), ['calibration', 'limit', 'mutations', 'connections']);
    assert.equal(report.quick, true);
    assert.match(output, /its numbers mean nothing/);
  });

  for (const who of ['Sluice EPHEMERAL', 'graphql-ws EPHEMERAL', 'Sluice BUFFERED', 'Sluice DURABLE']) {
    it(`${who}: events reach subscribers, none twice`, () => {
      for (const run of runsOf(`${who}, 50 subscribers`)) {
        assert.ok(Number(run.published) > 0, run.what);
        assert.ok(Number(run.delivered) > 0, run.what);
        assert.equal(run.duplicates, 0, run.what);
      }
    });

    it(`${who}: mutations are answered with receipts`, () => {
      for (const run of runsOf(`${who}, mutations`)) assert.ok(Number(run.receipts) > 0, run.what);
    });
  }

  it('holds idle connections to both servers', () => {
    assert.deepEqual(
      [...runsOf('Sluice, idle'), ...runsOf('graphql-ws, idle')].map(({ connections }) => connections),
      [1_000, 500],
    );
  });
});
