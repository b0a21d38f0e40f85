import type { Client, SubscribePayload } from 'graphql-ws/client';
import type { StoredCursor } from './cursor-store.ts';
import type { OperationKind } from './operation-kind.ts';
import { type ExpiredFacts, type GapFacts, type PositionFacts, readExpired, readPosition } from './wire-facts.ts';

/**
 * Events of a subscription that may have been lost. Beside the server's reasons there are `reconnected` (this client lost its
 * connection and the subscription has no cursor), `expired` (it starts again after CURSOR_EXPIRED) and `slow_consumer`
 * (the reader of `iterate` fell behind and the subscription has no cursor).
 */
export interface Gap extends GapFacts {
  readonly operationId: string;
  /** As it was given to `subscribe`. */
  readonly payload: SubscribePayload;
}

/** The server cannot go on from the subscription's cursor (P93). */
export interface ExpiredCursor extends ExpiredFacts {
  readonly operationId: string;
  /** As it was given to `subscribe`. */
  readonly payload: SubscribePayload;
}

/** `error`: the sink gets the error. `oldest`: go on with the oldest event that is kept. `live`: go on without a cursor. */
export type ExpiredAction = 'error' | 'oldest' | 'live';

/** What an operation needs of its client. */
export interface OperationHost {
  readonly client: Pick<Client, 'subscribe'>;
  /** A new id on the wire for the operation, by which `progress` will find it. */
  register(operation: ResumableOperation, payload: SubscribePayload): string;
  unregister(operationId: string): void;
  /** It will never start again. */
  ended(operation: ResumableOperation): void;
  /** ISO 8601: when the server was last heard. */
  lastHeard(): string;
  onGap(gap: Gap): void;
  onExpired(expired: ExpiredCursor): ExpiredAction;
}

/** Receives one operation's results; `error` or `complete` is the last call. */
export interface DeliverySink {
  /** `taken` is called when the result has been dealt with: only then the stored cursor moves. */
  next(result: object, taken: () => void): void;
  /** The position moved without a result. */
  moved(taken: () => void): void;
  error(error: unknown): void;
  complete(): void;
}

/** The payload that graphql-ws keeps for an operation; it is written anew each time that it is sent. */
export interface OutgoingPayload extends SubscribePayload {
  readonly operationId: string;
  /** Called by JSON.stringify, which graphql-ws calls at the moment of sending, once for each connection. */
  toJSON(): SubscribePayload;
}

/** `oldest` may be trimmed while it is on its way; a server that always says so must not be asked for ever. */
const EXPIRED_IN_A_ROW = 3;

const nothing = (): void => {};

/** One `subscribe()` call, over all its connections. It owns the cursor. */
export class ResumableOperation {
  readonly #host: OperationHost;
  readonly #payload: SubscribePayload;
  readonly #resumes: boolean;
  readonly #sink: DeliverySink;
  readonly #stored: StoredCursor | undefined;
  #cursor: string | undefined;
  /** The current subscription of the inner client; results of any other are late. Undefined when paused or ended. */
  #attempt: OutgoingPayload | undefined;
  #stopAttempt: () => void = nothing;
  #sent = false;
  /** When the server was last heard on the connection that broke; undefined when the position is known to be past that. */
  #lostSince: string | undefined;
  #lastGap: GapFacts | undefined;
  #expiredInARow = 0;
  #ended = false;

  constructor(
    host: OperationHost,
    payload: SubscribePayload,
    kind: OperationKind | undefined,
    sink: DeliverySink,
    stored: StoredCursor | undefined,
  ) {
    this.#host = host;
    this.#payload = payload;
    this.#resumes = kind === 'subscription';
    this.#sink = sink;
    this.#stored = stored;
    // A cursor that this call names is newer knowledge than one from an earlier run.
    this.#cursor = readPosition(payload.extensions).cursor ?? stored?.initial;
  }

  /** Subscribes with the inner client. */
  start(): void {
    const attempt: OutgoingPayload = {
      ...this.#payload,
      operationId: this.#host.register(this, this.#payload),
      toJSON: () => this.#outgoing(),
    };
    this.#attempt = attempt;
    this.#sent = false;
    const isCurrent = (): boolean => this.#attempt === attempt;
    this.#stopAttempt = this.#host.client.subscribe<unknown, unknown>(attempt, {
      next: (result) => {
        if (isCurrent()) this.#next(result);
      },
      error: (error) => {
        if (isCurrent()) this.#failed(error);
      },
      complete: () => {
        if (isCurrent()) this.complete();
      },
    });
  }

  /** Whether the inner client is working for it: it has not ended and is not paused. */
  get subscribed(): boolean {
    return this.#attempt !== undefined;
  }

  /** Stops receiving; `resume` goes on after the last result. False when there is no cursor to go on from. */
  pause(): boolean {
    if (this.#attempt === undefined || this.#cursor === undefined) return false;
    this.#leave();
    return true;
  }

  resume(): void {
    if (!this.#ended && this.#attempt === undefined) this.start();
  }

  /** The consumer has had enough. As in graphql-ws, the sink's `complete` follows. */
  unsubscribe(): void {
    this.#end(() => queueMicrotask(() => this.#sink.complete()));
  }

  complete(): void {
    this.#end(() => this.#sink.complete());
  }

  fail(error: unknown): void {
    this.#end(() => this.#sink.error(error));
  }

  /** P100: the server names the position, or a gap, in a ping. */
  progress({ cursor, gap }: PositionFacts): void {
    if (!this.#resumes || this.#attempt === undefined) return;
    if (gap !== undefined) this.#relayGap(gap);
    if (cursor === undefined || this.#attempt === undefined) return;
    this.#sink.moved(() => this.#save(cursor));
    this.#advance(cursor);
  }

  /** The connection broke. What is no subscription may have been carried out: sending it again could do it twice. */
  connectionLost(problem: unknown): void {
    if (!this.#sent || this.#attempt === undefined) return;
    if (this.#resumes) this.#lostSince ??= this.#host.lastHeard();
    else this.fail(problem);
  }

  /** Something was lost that no cursor can bring back. A callback that throws ends its own subscription only. */
  reportGap(gap: GapFacts): void {
    if (this.#attempt === undefined) return;
    try {
      this.#host.onGap({ operationId: this.#attempt.operationId, payload: this.#payload, ...gap });
    } catch (error) {
      this.fail(error);
    }
  }

  #outgoing(): SubscribePayload {
    const again = this.#sent;
    this.#sent = true;
    if (!this.#resumes) return this.#payload;
    if (again && this.#cursor === undefined) {
      const since = this.#lostSince;
      this.#lostSince = undefined;
      // Not now: graphql-ws is in the middle of sending, and the callback may unsubscribe.
      queueMicrotask(() => this.reportGap({ reason: 'reconnected', since }));
    }
    const { cursor: _, ...extensions } = this.#payload.extensions ?? {};
    if (this.#cursor !== undefined) return { ...this.#payload, extensions: { ...extensions, cursor: this.#cursor } };
    return this.#payload.extensions ? { ...this.#payload, extensions } : this.#payload;
  }

  #next(result: object): void {
    const { cursor, gap } = this.#resumes
      ? readPosition('extensions' in result ? result.extensions : undefined)
      : { cursor: undefined, gap: undefined };
    // The gap lies before the event that carries it.
    if (gap !== undefined) this.#relayGap(gap);
    this.#lastGap = undefined;
    if (this.#attempt === undefined) return;
    this.#sink.next(result, cursor === undefined ? nothing : () => this.#save(cursor));
    if (cursor !== undefined) this.#advance(cursor);
  }

  #advance(cursor: string): void {
    this.#cursor = cursor;
    this.#lostSince = undefined;
    this.#expiredInARow = 0;
  }

  /** Also after the end: the last result was delivered. */
  #save(cursor: string): void {
    try {
      this.#stored?.save(cursor);
    } catch (error) {
      this.fail(error);
    }
  }

  /** A gap that a ping told at once is told again by the next event: one gap, one report. */
  #relayGap(gap: GapFacts): void {
    if (this.#lastGap?.reason === gap.reason && this.#lastGap.since === gap.since) return;
    this.#lastGap = gap;
    this.reportGap(gap);
  }

  #failed(error: unknown): void {
    const expired = this.#resumes ? readExpired(error) : undefined;
    if (expired === undefined) {
      this.fail(error);
      return;
    }
    try {
      this.#stored?.remove();
      const operationId = this.#attempt?.operationId ?? '';
      const action = this.#host.onExpired({ operationId, payload: this.#payload, ...expired });
      if (this.#ended) return;
      const next = this.#afterExpiry(action, expired.oldest);
      if (next === 'nowhere') this.fail(error);
      else this.#startAgain(next.cursor);
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  /** Where to go on. */
  #afterExpiry(action: ExpiredAction, oldest: string | undefined): { cursor: string | undefined } | 'nowhere' {
    this.#expiredInARow += 1;
    switch (action) {
      case 'error':
        return 'nowhere';
      case 'oldest':
        return oldest === undefined || this.#expiredInARow > EXPIRED_IN_A_ROW ? 'nowhere' : { cursor: oldest };
      case 'live':
        // Without a cursor of ours it is the operation's own `from` that has expired, and would again.
        return this.#cursor === undefined ? 'nowhere' : { cursor: undefined };
      default:
        action satisfies never;
        throw new TypeError(`onExpired gave ${JSON.stringify(action)}; it must be "error", "oldest" or "live".`);
    }
  }

  #startAgain(cursor: string | undefined): void {
    this.reportGap({ reason: 'expired', since: this.#lostSince });
    if (this.#ended) return;
    this.#leave();
    this.#cursor = cursor;
    this.start();
  }

  #leave(): void {
    const attempt = this.#attempt;
    if (attempt === undefined) return;
    this.#attempt = undefined;
    this.#host.unregister(attempt.operationId);
    this.#stopAttempt();
  }

  #end(tell: () => void): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#leave();
    this.#stored?.release();
    this.#host.ended(this);
    tell();
  }
}
