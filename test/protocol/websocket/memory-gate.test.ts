import assert from 'node:assert/strict';
import { it } from 'node:test';
import { RecordedConnection } from './recorded-connection.ts';

it('P96: while memory is above its bound an operation is refused before it is looked at, and those that run go on', () => {
  const recorded = RecordedConnection.ready();
  recorded.subscribe('1');
  recorded.memoryAbove = 2_097_152;
  recorded.subscribe('2');
  const [answer] = recorded.socket.take();
  assert.deepEqual(answer, {
    id: '2',
    type: 'error',
    payload: [
      {
        message: 'The server takes on nothing new while its memory is above 2 MiB. Try again later.',
        extensions: { code: 'LIMIT_EXCEEDED', limit: 'maxMemory', value: 2_097_152, retryAfterMs: 1_000 },
      },
    ],
  });
  assert.equal(recorded.operations.requests.length, 1);
  assert.equal(recorded.operations.open, 1);
  recorded.memoryAbove = undefined;
  recorded.subscribe('2');
  assert.equal(recorded.operations.open, 2);
});
