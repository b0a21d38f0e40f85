import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { replaceBlock } from '../../bench/report/replace-block.ts';
import { isMet, type Row, ratioOf } from '../../bench/report/row.ts';
import { markdownTable } from '../../bench/report/table.ts';
import { fullCollections } from '../../bench/scenarios/pauses.ts';
import { kindOf } from '../../bench/scenarios/profile.ts';
import { shares } from '../../bench/support/cpu-profile.ts';

const LATENCY: Row = {
  measure: 'latency',
  unit: 'ms',
  better: 'lower',
  goal: [5, 12],
  sluice: [4, 11, 30],
  peer: [16, 40, 50],
};

describe('a row of the table', () => {
  it('meets its goals only when each value that has one does', () => {
    assert.equal(isMet(LATENCY), true);
    assert.equal(isMet({ ...LATENCY, sluice: [4, 13, 30] }), false);
    assert.equal(isMet({ ...LATENCY, goal: [] }), undefined);
    assert.equal(isMet({ ...LATENCY, sluice: 'beyond its limit' }), false);
  });

  it('gives the ratio to the peer in favour of Sluice, whichever way is better', () => {
    assert.equal(ratioOf(LATENCY), 4);
    assert.equal(ratioOf({ ...LATENCY, better: 'higher' }), 0.25);
    assert.equal(ratioOf({ ...LATENCY, peer: 'beyond its limit' }), undefined);
  });

  it('meets a goal for the ratio only with that ratio', () => {
    const rate: Row = { ...LATENCY, better: 'higher', goal: [100], goalRatio: 40, sluice: [4_000], peer: [100] };
    assert.equal(isMet(rate), true);
    assert.equal(isMet({ ...rate, peer: [101] }), false);
  });

  it('is one line of a Markdown table', () => {
    const [, , line] = markdownTable([LATENCY]).split('\n');
    assert.equal(line, '| latency | ms | ≤ 5 / 12 | 4.00 / 11.0 / 30.0 | 16.0 / 40.0 / 50.0 | 4.00 × | yes |  |');
  });
});

describe('replaceBlock', () => {
  const text = 'a\n<!-- bench:one -->\nold\n<!-- /bench:one -->\nb\n<!-- bench:two -->\n<!-- /bench:two -->\n';

  it('replaces one block and nothing else, and again', () => {
    const once = replaceBlock(text, 'one', '\nnew\n');
    assert.equal(once, text.replace('old', 'new'));
    assert.equal(replaceBlock(once, 'one', 'new'), once);
  });

  it('refuses a text without the block', () => {
    assert.throws(() => replaceBlock(text, 'three', 'x'), /no block <!-- bench:three -->/);
  });
});

describe('fullCollections', () => {
  it('finds the pauses of full collections in a trace, and no others', () => {
    const trace = `Sluice ready on http://127.0.0.1:4000/graphql
[1:0x1] 52 ms: Scavenge 9.1 (11.5) -> 8.6 (12.5) MB, pooled: 0 MB, 0.82 / 0.00 ms  (average mu = 1.000, current mu = 1.000) allocation failure;
[1:0x1] 70 ms: Mark-Compact 12.3 (15.0) -> 8.1 (16.0) MB, pooled: 1 MB, 3.45 / 0.01 ms  (+ 1.2 ms in 5 steps since start of marking) finalize incremental marking
[1:0x1] 99 ms: Mark-Compact (reduce) 12.3 (15.0) -> 8.1 (16.0) MB, 20.10 / 0.00 ms  (average mu = 0.9) last resort;
`;
    assert.deepEqual(fullCollections(trace), [3.45, 20.1]);
  });
});

describe('shares of a profile', () => {
  it('are samples by kind of work, without the idle ones', () => {
    const frame = (id: number, functionName: string, url: string) => ({ id, callFrame: { functionName, url } });
    const profile = {
      nodes: [
        frame(1, 'send', ''),
        frame(2, 'project', 'file:///app/src/fanout/projection/compile.ts'),
        frame(3, '(idle)', ''),
        frame(4, '(garbage collector)', ''),
      ],
      samples: [1, 1, 2, 3, 3, 3, 1, 4],
    };
    const found = shares(profile, kindOf);
    assert.deepEqual(Object.fromEntries(found), {
      'uWebSockets.js: send and its system calls': 0.6,
      projection: 0.2,
      'garbage collection': 0.2,
    });
  });
});
