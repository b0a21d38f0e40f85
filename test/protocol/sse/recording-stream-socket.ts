import type { EventStreamSocket } from '../../../src/protocol/sse/event-stream-socket.ts';
import type { BufferBounds, SendOutcome } from '../../../src/protocol/websocket/message-socket.ts';

/** Records what an event stream asks of its response. */
export class RecordingStreamSocket implements EventStreamSocket {
  /** Blocks in the order of sending. */
  readonly blocks: string[] = [];
  /** The very bytes that were handed over, where they were bytes. */
  readonly buffers: Uint8Array[] = [];
  bounds: BufferBounds | undefined;
  /** What `send` answers. */
  outcome: SendOutcome = 'sent';
  state: 'open' | 'ended' | 'dropped' = 'open';

  send(blocks: readonly (string | Uint8Array)[], bounds: BufferBounds): SendOutcome {
    if (this.state !== 'open') throw new Error('send on a response that is over');
    this.bounds = bounds;
    for (const block of blocks) {
      this.blocks.push(Buffer.from(block).toString('utf8'));
      if (typeof block !== 'string') this.buffers.push(block);
    }
    return this.outcome;
  }

  end(): void {
    if (this.state !== 'open') throw new Error('ended twice');
    this.state = 'ended';
  }

  drop(): void {
    if (this.state !== 'open') throw new Error('dropped after the end');
    this.state = 'dropped';
  }

  /** A method, so that one assertion on it does not narrow the next. */
  isOpen(): boolean {
    return this.state === 'open';
  }

  /** What was sent since the last call, as one text. */
  take(): string {
    return this.blocks.splice(0).join('');
  }
}
