import type { HttpResponse } from 'uWebSockets.js';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import type { EventStream } from '../protocol/sse/event-stream.ts';
import type { EventStreamSocket } from '../protocol/sse/event-stream-socket.ts';
import type { BufferBounds, SendOutcome } from '../protocol/websocket/message-socket.ts';
import { CorkedWrite } from './corked-write.ts';
import type { WaitingBytes, WaitingSocket } from './waiting-bytes.ts';

type Block = string | Uint8Array;

/** A comment line; it may stand between any two blocks. */
const NOTHING = [':\n'];

const corked = new CorkedWrite();

/** What all event streams of a listener share. */
export interface EventStreamsContext {
  readonly metrics: GatewayMetrics;
  readonly waiting: WaitingBytes;
}

/**
 * The body of an event stream over a uWebSockets.js response. That one says only whether a write found the socket full; it keeps what
 * did not fit, does not say how much that is, and does not send it by itself as long as somebody listens for `onWritable`. So a full
 * socket is handed one block at most, and the others wait here, as references: slow readers of one group share the bytes of a batch.
 */
export class UwsEventStream implements EventStreamSocket, WaitingSocket {
  readonly #response: HttpResponse;
  readonly #context: EventStreamsContext;
  #stream: EventStream | undefined;
  #open = true;
  waitingBytes = 0;
  /** Length of the block that found the socket full; 0 while it takes more. */
  #heldBytes = 0;
  /** Blocks behind it. */
  #waiting: Block[] = [];
  /** Their length. */
  #behindBytes = 0;

  /** The head of the response was written. */
  constructor(response: HttpResponse, context: EventStreamsContext) {
    this.#response = response;
    this.#context = context;
    context.metrics.connections += 1;
    response.onWritable(() => {
      this.#writable();
      // What could not be written is remembered here.
      return true;
    });
  }

  /** Who is told what happens to the response. To be called once. */
  attach(stream: EventStream): void {
    this.#stream = stream;
  }

  /** To be called when the response was aborted, by whichever side. */
  aborted(): void {
    if (!this.#open) return;
    this.#close();
    this.#stream?.closed();
  }

  send(blocks: readonly Block[], bounds: BufferBounds): SendOutcome {
    if (!this.#open) return 'closed';
    const written = this.#heldBytes === 0 ? this.#write(blocks) : 0;
    for (let index = written; index < blocks.length; index += 1) {
      const block = blocks[index] ?? '';
      this.#waiting.push(block);
      this.#behindBytes += Buffer.byteLength(block);
    }
    const bytes = this.#count();
    if (bytes > bounds.maxBufferedBytes) return 'stuck';
    if (bytes >= bounds.pauseAtBufferedBytes) return 'full';
    // Short of memory: its source holds back from the first byte that waits (P36).
    return bytes > 0 && this.#context.waiting.above ? 'full' : 'sent';
  }

  end(): void {
    if (!this.#open) return;
    const rest = this.#waiting;
    this.#close();
    this.#response.cork(() => {
      for (const block of rest) this.#response.write(block);
      // From here on uWebSockets.js sends what it keeps by itself, and gives up on a peer that takes nothing for 10 s.
      // Never with its wish to close: it would write that header into the body.
      this.#response.end();
    });
  }

  drop(): void {
    if (!this.#open) return;
    this.#close();
    this.#response.close();
  }

  /** Cut at once: its client comes back by itself, and nothing can be told to one that does not read. */
  shed(): boolean {
    this.drop();
    this.#stream?.closed();
    return true;
  }

  /** How many bytes wait for the peer. */
  #count(): number {
    const bytes = this.#heldBytes + this.#behindBytes;
    if (bytes !== this.waitingBytes) this.#context.waiting.update(this, bytes);
    return bytes;
  }

  /** Returns how many blocks were handed over; those behind them have to wait. */
  #write(blocks: readonly Block[]): number {
    const count = corked.write(this.#response, blocks);
    this.#heldBytes = corked.full ? Buffer.byteLength(blocks[count - 1] ?? '') : 0;
    return count;
  }

  #writable(): void {
    if (!this.#open) return;
    if (this.#waiting.length === 0) {
      // Only a write makes uWebSockets.js send what it keeps, and an empty one does not count.
      this.#write(NOTHING);
    } else {
      for (const block of this.#waiting.splice(0, this.#write(this.#waiting))) {
        this.#behindBytes -= Buffer.byteLength(block);
      }
    }
    this.#stream?.flushed(this.#count());
  }

  #close(): void {
    this.#open = false;
    this.#context.metrics.connections -= 1;
    this.#context.waiting.update(this, 0);
    this.#waiting = [];
  }
}
