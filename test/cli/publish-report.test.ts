import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventOutcome } from '../../src/cli/publish-events.ts';
import { PublishReport } from '../../src/cli/publish-report.ts';
import { capturedIo } from './captured-io.ts';

const acknowledged = (line: number): EventOutcome => ({ type: 'acknowledged', line, receipt: {} });
const failed = (type: 'rejected' | 'unavailable' | 'unknown', message = 'm'): EventOutcome => ({
  type,
  line: 7,
  code: 'C',
  message,
});

test('the closing count tells rejected, unavailable and unknown apart; only all acknowledged is success', () => {
  for (const type of ['rejected', 'unavailable', 'unknown'] as const) {
    const io = capturedIo();
    const report = new PublishReport(io, 'f', false);
    report.add([acknowledged(1), failed(type)]);
    assert.equal(report.finish(), false);
    assert.match(io.stdout.text(), new RegExp(`^1 acknowledged, .*\\b1 ${type}`));
    assert.equal(io.stderr.text(), `f:7  ${type} (C): m\n`);
  }
  const good = new PublishReport(capturedIo(), 'f', false);
  good.add([acknowledged(1)]);
  assert.equal(good.finish(), true);
});

test('progress is drawn on a terminal only, and never among JSON', () => {
  const many = Array.from({ length: 1500 }, (_, index) => acknowledged(index + 1));
  for (const [isTTY, json, drawn] of [
    [true, false, true],
    [false, false, false],
    [true, true, false],
  ] as const) {
    const io = capturedIo({ isTTY });
    new PublishReport(io, 'f', json).add(many);
    assert.equal(io.stderr.text().includes('\r1,500 acknowledged of 1,500'), drawn);
  }
});

test('A72: what a server says cannot command the terminal', () => {
  const io = capturedIo({ isTTY: true });
  new PublishReport(io, 'f', false).add([failed('rejected', '\u001b[2J')]);
  assert.ok(!io.stderr.text().includes('\u001b'));
});
