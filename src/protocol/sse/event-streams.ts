import type { ConnectionReading } from '../../metrics/readings.ts';
import type { ClientCaller } from '../../operation/callers/callers.ts';
import type { Clock } from '../../time/clock.ts';
import { slowest } from '../slowest.ts';
import { EventStream, type EventStreamContext, type EventStreamOwner, type StreamedOperation } from './event-stream.ts';
import type { EventStreamSocket } from './event-stream-socket.ts';

interface OpenStream {
  readonly caller: ClientCaller;
  /** Monotonic milliseconds. */
  readonly openedAt: number;
  readonly socket: EventStreamSocket;
}

/** The streams are looked at in turns, so that the keep-alives of many do not fall together. */
const TURNS = 10;

/**
 * The event streams that are open on one listener. One timer for all of them, which runs while there are any: each stream is looked
 * at every `lookMs`, a tenth of them at a time.
 */
export class EventStreams implements EventStreamOwner {
  readonly #context: EventStreamContext;
  readonly #clock: Clock;
  readonly #turns: readonly Set<EventStream>[] = Array.from({ length: TURNS }, () => new Set<EventStream>());
  readonly #callers = new Map<EventStream, OpenStream>();
  #opened = 0;
  #open = 0;
  #turn = 0;
  #cancelTimer: (() => void) | undefined;

  constructor(context: EventStreamContext, clock: Clock) {
    this.#context = context;
    this.#clock = clock;
  }

  /** Streams that are open. */
  get open(): number {
    return this.#open;
  }

  /** Starts an operation on a response whose head was written. `caller` is told when the stream is over. */
  start(socket: EventStreamSocket, operation: StreamedOperation, caller: ClientCaller): EventStream {
    const stream = new EventStream(socket, this.#context, this);
    this.#callers.set(stream, { caller, openedAt: this.#clock.monotonic(), socket });
    this.#turns[this.#opened % TURNS]?.add(stream);
    this.#opened += 1;
    this.#open += 1;
    this.#cancelTimer ??= this.#schedule();
    stream.start(operation);
    return stream;
  }

  over(stream: EventStream): void {
    for (const turn of this.#turns) if (turn.delete(stream)) this.#open -= 1;
    const known = this.#callers.get(stream);
    if (known !== undefined) {
      const { caller, openedAt } = known;
      caller.close();
      const seconds = Math.round(this.#clock.monotonic() - openedAt) / 1_000;
      const { id: connection, address } = caller;
      this.#context.log.debug?.('event stream closed', { connection, address, seconds });
    }
    this.#callers.delete(stream);
    if (this.#open > 0) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  /** At most `limit` that are open: those for which most bytes wait, then the oldest. */
  slowest(limit: number): readonly ConnectionReading[] {
    const now = this.#clock.monotonic();
    const waitingBytes = ({ socket }: OpenStream): number => socket.waitingBytes ?? 0;
    return slowest(this.#callers.values(), limit, waitingBytes).map((open) => ({
      id: open.caller.id,
      transport: 'event-stream',
      address: open.caller.address,
      ageSeconds: Math.round((now - open.openedAt) / 1000),
      subscriptions: 1,
      waitingBytes: waitingBytes(open),
    }));
  }

  /** Those that are open, each to be drained in its turn (P50). */
  all(): readonly EventStream[] {
    return this.#turns.flatMap((turn) => [...turn]);
  }

  #schedule(): () => void {
    return this.#clock.after(this.#context.limits.lookMs / TURNS, () => {
      this.#cancelTimer = this.#schedule();
      this.#turn = (this.#turn + 1) % TURNS;
      for (const stream of [...(this.#turns[this.#turn] ?? [])]) stream.look();
    });
  }
}
