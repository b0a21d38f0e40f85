import type { WebSocket } from 'uWebSockets.js';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Timeouts } from '../../src/time/timeouts.ts';
import { CorkedSend } from '../../src/transport/corked-send.ts';
import { type SocketContext, UwsSocket } from '../../src/transport/uws-socket.ts';
import { WaitingBytes } from '../../src/transport/waiting-bytes.ts';
import { ManualClock } from '../support/manual-clock.ts';

const BOUNDS = { pauseAtBufferedBytes: 100, maxBufferedBytes: 1_000 };

/** A socket for whose peer so many bytes wait, and that notes how it ends. */
class ScriptedPeer {
  waiting = 0;
  readonly clock = new ManualClock();
  readonly waitingBytes = new WaitingBytes();
  readonly ends: string[] = [];
  over = 0;
  readonly socket: UwsSocket;

  constructor() {
    const webSocket = {
      send: () => (this.waiting > 0 ? 0 : 1),
      getBufferedAmount: () => this.waiting,
      end: (code: number) => this.ends.push(`end ${code}`),
      close: () => this.ends.push('close'),
    };
    const context: SocketContext = {
      corked: new CorkedSend(),
      waiting: this.waitingBytes,
      lingering: new Timeouts(this.clock, 10_000, (socket) => socket.giveUp()),
      over: () => {
        this.over += 1;
      },
    };
    // The few methods that are called; the cast holds because of that.
    this.socket = new UwsSocket(webSocket as unknown as WebSocket<unknown>, context);
  }

  /** One whose peer has not taken so many bytes. */
  static slow(bytes: number): ScriptedPeer {
    const peer = new ScriptedPeer();
    peer.waiting = bytes;
    peer.socket.send(['a'], BOUNDS);
    return peer;
  }
}

describe('UwsSocket', () => {
  it('counts what waits for its peer: after a send, when it drains, and when it is gone', () => {
    const peer = ScriptedPeer.slow(60);
    assert.equal(peer.waitingBytes.total, 60);
    peer.waiting = 20;
    peer.socket.drained();
    assert.equal(peer.waitingBytes.total, 20);
    peer.socket.closed();
    assert.equal(peer.waitingBytes.total, 0);
    assert.equal(peer.over, 1);
  });

  it('P36: short of memory it is full from the first byte that waits', () => {
    const peer = ScriptedPeer.slow(1);
    assert.equal(peer.socket.send(['a'], BOUNDS), 'sent');
    peer.waitingBytes.limit(0, () => {});
    assert.equal(peer.socket.send(['a'], BOUNDS), 'full');
    peer.waiting = 0;
    assert.equal(peer.socket.send(['a'], BOUNDS), 'sent');
  });

  it('P34: a close with 1013 goes out behind what waits, and nothing is sent after it', () => {
    const peer = ScriptedPeer.slow(60);
    peer.socket.close(1013, 'slow');
    assert.deepEqual([peer.ends, peer.over], [[], 1]);
    assert.equal(peer.socket.send(['a'], BOUNDS), 'closed');
    peer.waiting = 30;
    peer.socket.drained();
    assert.deepEqual(peer.ends, []);
    peer.waiting = 0;
    peer.socket.drained();
    assert.deepEqual(peer.ends, ['end 1013']);
    peer.socket.closed();
    assert.equal(peer.over, 1);
    assert.equal(peer.clock.timerCount, 0);
  });

  it('P34: what is not taken within 10 s is given up', () => {
    const peer = ScriptedPeer.slow(60);
    peer.socket.close(1013, 'slow');
    peer.clock.advance(9_999);
    assert.deepEqual(peer.ends, []);
    peer.clock.advance(1);
    assert.deepEqual(peer.ends, ['close']);
    assert.equal(peer.waitingBytes.total, 0);
  });

  it('any other close, or one with nothing waiting, is sent at once', () => {
    const restarted = ScriptedPeer.slow(60);
    restarted.socket.close(1012, 'restart');
    assert.deepEqual(restarted.ends, ['end 1012']);
    const quick = new ScriptedPeer();
    quick.socket.close(1013, 'slow');
    quick.socket.close(1013, 'slow');
    assert.deepEqual(quick.ends, ['end 1013']);
  });
});
