import type { WebSocket } from 'uWebSockets.js';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CorkedSend } from '../../src/transport/corked-send.ts';

const BOUNDS = { pauseAtBufferedBytes: 100, maxBufferedBytes: 1_000 };

/** A socket whose sends answer in turn, and for whose peer so many bytes wait after each. */
class ScriptedSocket {
  readonly sent: unknown[] = [];
  corks = 0;
  #waiting = 0;
  readonly #answers: (readonly [result: number, waiting: number])[];
  readonly #waitingAfterCork: number | undefined;

  constructor(answers: (readonly [result: number, waiting: number])[], waitingAfterCork?: number) {
    this.#answers = answers;
    this.#waitingAfterCork = waitingAfterCork;
  }

  send(message: unknown): number {
    this.sent.push(message);
    const [result, waiting] = this.#answers.shift() ?? [1, 0];
    this.#waiting = waiting;
    return result;
  }

  cork(callback: () => void): void {
    this.corks += 1;
    callback();
    this.#waiting = this.#waitingAfterCork ?? this.#waiting;
  }

  getBufferedAmount(): number {
    return this.#waiting;
  }

  /** The few methods that are called; the cast holds because of that. */
  get asWebSocket(): WebSocket<unknown> {
    return this as unknown as WebSocket<unknown>;
  }
}

describe('CorkedSend', () => {
  it('one message needs no cork, several take one', () => {
    const corked = new CorkedSend();
    const socket = new ScriptedSocket([]);
    assert.equal(corked.send(socket.asWebSocket, ['a'], BOUNDS), 'sent');
    assert.equal(socket.corks, 0);
    assert.equal(corked.send(socket.asWebSocket, ['b', 'c'], BOUNDS), 'sent');
    assert.equal(socket.corks, 1);
    assert.deepEqual(socket.sent, ['a', 'b', 'c']);
  });

  it('P34: a send that answers 2 dropped its message: stuck, and nothing follows it', () => {
    for (const count of [1, 3]) {
      const socket = new ScriptedSocket([[2, 50]]);
      const messages = ['a', 'b', 'c'].slice(0, count);
      assert.equal(new CorkedSend().send(socket.asWebSocket, messages, BOUNDS), 'stuck');
      assert.deepEqual(socket.sent, ['a']);
    }
  });

  it('P36: full from the first bound on, stuck behind the message that crosses the second', () => {
    for (const [waiting, outcome] of [
      [99, 'sent'],
      [100, 'full'],
      [1_000, 'full'],
      [1_001, 'stuck'],
    ] as const) {
      const corked = new CorkedSend();
      assert.equal(corked.send(new ScriptedSocket([[0, waiting]]).asWebSocket, ['a'], BOUNDS), outcome);
      assert.equal(corked.waitingBytes, waiting);
    }
  });

  it('P36: what only the end of the cork finds waiting is seen too', () => {
    const corked = new CorkedSend();
    const socket = new ScriptedSocket([], 500);
    assert.equal(corked.send(socket.asWebSocket, ['a', 'b'], BOUNDS), 'full');
    assert.equal(corked.waitingBytes, 500);
    assert.equal(corked.send(new ScriptedSocket([]).asWebSocket, ['a'], BOUNDS), 'sent');
    assert.equal(corked.waitingBytes, 0);
  });
});
