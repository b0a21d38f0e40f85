import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogFields, Logger } from '../../src/log/logger.ts';
import { withFields } from '../../src/log/with-fields.ts';

test('every line carries the facts, whatever its level, and its own beside them', () => {
  const lines: [string, string, LogFields | undefined][] = [];
  const at =
    (level: string) =>
    (message: string, fields?: LogFields): void =>
      void lines.push([level, message, fields]);
  const log: Logger = { info: at('info'), warn: at('warn'), error: at('error') };
  const worker = withFields(log, { worker: 2 });
  worker.info('a');
  worker.warn('b', { broker: 'kafka' });
  worker.error('c', { worker: 3 });
  assert.deepEqual(lines, [
    ['info', 'a', { worker: 2 }],
    ['warn', 'b', { worker: 2, broker: 'kafka' }],
    ['error', 'c', { worker: 3 }],
  ]);
});
