import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrokerStatus } from '../../src/broker/port.ts';
import { StatusHolder } from '../../src/broker/status.ts';
import { ManualClock } from '../support/manual-clock.ts';

test('a repeated report is no change; a new detail while down keeps the time of the loss', () => {
  const clock = new ManualClock();
  const start = clock.now();
  const holder = new StatusHolder(clock, 'to somewhere');
  const heard: BrokerStatus[] = [];
  holder.onStatus((status) => heard.push(status));
  assert.deepEqual(holder.get(), { type: 'connecting', since: start, detail: 'to somewhere' });
  clock.advance(10);
  holder.up();
  clock.advance(10);
  holder.up();
  holder.down('cut');
  clock.advance(10);
  holder.down('cut');
  holder.down('refused');
  assert.deepEqual(heard, [
    { type: 'up', since: start + 10 },
    { type: 'down', since: start + 20, detail: 'cut' },
    { type: 'down', since: start + 20, detail: 'refused' },
  ]);
});

test('one function given twice is two listeners, and each removal removes its own', () => {
  const holder = new StatusHolder(new ManualClock(), '');
  let heard = 0;
  const listener = (): void => {
    heard++;
  };
  const remove = holder.onStatus(listener);
  holder.onStatus(listener);
  holder.up();
  assert.equal(heard, 2);
  remove();
  remove();
  holder.down('x');
  assert.equal(heard, 3);
});
