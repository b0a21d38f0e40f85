import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger } from '../../src/cli/logger.ts';
import { LogThreshold } from '../../src/log/log-threshold.ts';
import type { Logger } from '../../src/log/logger.ts';
import { withFields } from '../../src/log/with-fields.ts';
import type { Clock } from '../../src/time/clock.ts';
import { type CapturedOutput, capturedOutput } from './captured-io.ts';

const clock: Clock = { now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6), monotonic: () => 0, after: () => () => {} };

function isDebugged(log: Logger): boolean {
  return log.debug !== undefined;
}

function lines(output: CapturedOutput): readonly string[] {
  return output.text().trimEnd().split('\n');
}

test('away from a terminal a line is one JSON object with time, level, message and the fields', () => {
  const output = capturedOutput();
  createLogger(output, clock).warn('broker is down', { broker: 'kafka', attempts: 3, detail: undefined });
  assert.deepEqual(JSON.parse(output.text()), {
    time: '2026-01-02T03:04:05.006Z',
    level: 'warn',
    message: 'broker is down',
    broker: 'kafka',
    attempts: 3,
  });
});

test('on a terminal a line is text for people', () => {
  const output = capturedOutput({ isTTY: true });
  createLogger(output, clock).info('listening', { port: 4000, detail: 'a "b" c' });
  assert.equal(output.text(), '03:04:05.006 info  listening port=4000 detail="a \\"b\\" c"\n');
});

test('A72: one call is one line, control characters are escaped, fields are cut and secrets redacted', () => {
  for (const isTTY of [false, true]) {
    const output = capturedOutput({ isTTY });
    createLogger(output, clock).error('a\nb', {
      forged: 'x\n{"level":"info"}\u001b[2J\u009b2J',
      long: 'y'.repeat(5000),
      url: 'cannot reach redis://user:hunter2@host:6379',
      level: 'info',
    });
    assert.equal(lines(output).length, 1);
    assert.ok(!output.text().includes('\u001b'));
    assert.ok(!isTTY || !output.text().includes('\u009b'));
    assert.ok(!output.text().includes('hunter2'));
    assert.ok(output.text().length < 2000);
  }
});

test('a field cannot take the place of time, level or message', () => {
  const output = capturedOutput();
  createLogger(output, clock).error('real', { level: 'info', message: 'forged', time: 'never' });
  const { level, message, time } = JSON.parse(output.text()) as Record<string, unknown>;
  assert.deepEqual([level, message, time], ['error', 'real', '2026-01-02T03:04:05.006Z']);
});

test('a log stream that throws harms nobody', () => {
  const output = { ...capturedOutput(), write: () => assert.fail('gone') };
  createLogger(output, clock).info('a');
});

test('lines below the level are not written; debug lines are not even made; the level may change at any time', () => {
  for (const isTTY of [false, true]) {
    const output = capturedOutput({ isTTY });
    const threshold = new LogThreshold('info');
    const log = withFields(createLogger(output, clock, threshold), { worker: 2 });
    assert.ok(!isDebugged(log));
    threshold.level = 'debug';
    assert.ok(isDebugged(log));
    log.debug?.('heard');
    threshold.level = 'warn';
    log.info('not heard');
    log.warn('heard, too');
    const written = lines(output);
    assert.equal(written.length, 2);
    assert.match(written[0] ?? '', /debug.*heard/s);
    assert.match(written[0] ?? '', /worker"?[=:]2/);
    assert.match(written[1] ?? '', /heard, too/);
  }
});
