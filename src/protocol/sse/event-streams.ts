import type { ClientCaller } from '../../operation/callers/callers.ts';
import type { Clock } from '../../time/clock.ts';
import { EventStream, type EventStreamContext, type EventStreamOwner, type StreamedOperation } from './event-stream.ts';
import type { EventStreamSocket } from './event-stream-socket.ts';

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
  readonly #callers = new Map<EventStream, ClientCaller>();
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
    this.#callers.set(stream, caller);
    this.#turns[this.#opened % TURNS]?.add(stream);
    this.#opened += 1;
    this.#open += 1;
    this.#cancelTimer ??= this.#schedule();
    stream.start(operation);
    return stream;
  }

  over(stream: EventStream): void {
    for (const turn of this.#turns) if (turn.delete(stream)) this.#open -= 1;
    this.#callers.get(stream)?.close();
    this.#callers.delete(stream);
    if (this.#open > 0) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
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
