import type { Expired, History } from '../broker/history.ts';
import type { TailGap } from '../broker/port.ts';
import type { Stream } from '../broker/stream.ts';
import type { OperationError } from '../error/operation-error.ts';
import type { CursorScope } from '../routing/cursor.ts';
import type { PartitionPosition, StreamPosition } from '../routing/position.ts';
import type { TopicInstance } from '../routing/topic.ts';
import { cursorExpired } from './cursor-expired.ts';
import type { Event } from './event.ts';
import type { Group } from './group.ts';
import { locateStart } from './locate-start.ts';
import type { Member } from './member.ts';
import { encodePayload } from './payload.ts';
import type { SubscriptionPlan, SubscriptionStart } from './plan.ts';
import { type ReadEvent, Reader, type ReaderOwner, type ReaderStream } from './reader.ts';
import type { Attachment, Gap, PayloadBatch, SubscriberSink } from './subscriber-sink.ts';

/** What a subscriber needs of its stream. */
export interface SubscriberStream extends ReaderStream {
  readonly stream: Stream;
  /** Undefined where nothing is kept. */
  readonly history: History | undefined;
  countDeliveries(count: number, bytes: number): void;
  countExpired(reason: Expired['reason']): void;
  /** The subscriber is over, by whichever side. Called once. */
  left(subscriber: Subscriber): void;
  /** Something unexpected ended a subscription: the error to tell its client, masked. */
  mask(error: unknown): OperationError;
}

type State =
  /** Its starting point is being looked for. */
  | { readonly type: 'starting'; readonly from: SubscriptionStart; cancel: () => void }
  /** It reads for itself. */
  | { readonly type: 'reading'; readonly reader: Reader }
  | { readonly type: 'live' }
  | { readonly type: 'over' };

// The same for all: most subscribers are live and idle, and their number is what memory is spent on.
const LIVE: State = { type: 'live' };
const OVER: State = { type: 'over' };

/**
 * One subscription: starting → reading ⇄ live → over. It is live in its group while it keeps up, and reads from a position of its
 * own while it does not, or as long as it has not arrived.
 */
export class Subscriber implements Attachment, Member, ReaderOwner {
  readonly group: Group;
  readonly #stream: SubscriberStream;
  readonly #scope: CursorScope;
  readonly sink: SubscriberSink;
  place = 0;
  joinedAt = 0;
  gap: Gap | undefined;
  #state: State;
  /** `last: N` found fewer because the scan was cut: its first result says so. */
  #scanCut = false;

  constructor(
    stream: SubscriberStream,
    plan: SubscriptionPlan,
    group: Group,
    scope: CursorScope,
    sink: SubscriberSink,
  ) {
    this.#stream = stream;
    this.group = group;
    this.#scope = scope;
    this.sink = sink;
    this.#state = { type: 'starting', from: plan.start, cancel() {} };
  }

  /** Begins; the sink is not called within this call. */
  start(): void {
    if (this.#state.type === 'starting' && this.#state.from.type !== 'live') {
      void this.#locate(this.#state.from);
      return;
    }
    this.#goLive();
    if (this.#stream.trail !== undefined) queueMicrotask(() => this.positioned());
  }

  /** The tail has told where it stands: a live subscriber is attached now. */
  positioned(): void {
    if (this.#state.type === 'live') this.sink.progress({ cursor: this.cursor(), gap: undefined });
  }

  end(): void {
    if (this.#over()) this.#stream.left(this);
  }

  resume(): void {
    if (this.#state.type === 'reading') this.#state.reader.resume();
  }

  cursor(): string | undefined {
    const state = this.#state;
    switch (state.type) {
      case 'live': {
        const head = this.#stream.trail?.head();
        return head === undefined || !this.group.settled ? undefined : this.#scope.encode(head);
      }
      case 'reading':
        return this.#scope.encode(state.reader.position());
      case 'starting':
      case 'over':
        return undefined;
      default:
        throw state satisfies never;
    }
  }

  /** Something may have been lost before the next event (P92). Of several losses the earliest counts. */
  flag({ reason, since }: TailGap): void {
    if (this.#state.type !== 'live') return;
    const gap: Gap = { reason, since: new Date(since).toISOString() };
    if (this.gap === undefined || gap.since < this.gap.since) this.gap = gap;
    this.sink.progress({ cursor: undefined, gap });
  }

  /** Ends it with an error. The stream has forgotten it already. */
  fail(error: OperationError): void {
    if (this.#over()) this.sink.error([error.toWire()]);
  }

  /** Does it read for itself? */
  get reading(): boolean {
    return this.#state.type === 'reading';
  }

  /** Milliseconds since the epoch of the last event that it read for itself; undefined while live. */
  get readTimestamp(): number | undefined {
    return this.#state.type === 'reading' ? this.#state.reader.timestamp : undefined;
  }

  // As the owner of a reader.

  get instance(): TopicInstance | undefined {
    return this.group.key.instance;
  }

  get writable(): boolean {
    return this.sink.writable;
  }

  events(events: readonly ReadEvent[], before: StreamPosition, shared: Map<Group, PayloadBatch> | undefined): void {
    let batch = this.#scanCut ? undefined : shared?.get(this.group);
    if (batch === undefined) {
      // A first result that says more than others would is not shared.
      const alike = !this.#scanCut;
      batch = this.#batchOf(events, before);
      if (alike) shared?.set(this.group, batch);
    }
    if (batch.payloads.length === 0) return;
    this.#stream.countDeliveries(batch.payloads.length, batch.bytes);
    this.sink.next(batch);
  }

  caughtUp(): void {
    this.#goLive();
  }

  expired(expired: Expired): void {
    this.#stream.countExpired(expired.reason);
    const oldest = expired.oldest === undefined ? undefined : this.#scope.encode(expired.oldest);
    this.#leaveWith(cursorExpired(expired.reason, oldest));
  }

  failed(error: unknown): void {
    this.#leaveWith(this.#stream.mask(error));
  }

  async #locate(from: SubscriptionStart): Promise<void> {
    const { stream, history, reads, slots, clock } = this.#stream;
    const cancellable = (cancel: () => void): void => {
      if (this.#state.type === 'starting') this.#state.cancel = cancel;
      else cancel();
    };
    const pause = (milliseconds: number): Promise<boolean> =>
      new Promise((resolve) => {
        const stop = clock.after(milliseconds, () => resolve(true));
        cancellable(() => {
          stop();
          resolve(false);
        });
      });
    const matches = (event: Event): boolean => this.#concerns(event) && this.group.passes(event);
    const scope = this.#scope;
    try {
      const start = await locateStart({
        history,
        stream,
        reads,
        slots,
        start: from,
        scope,
        matches,
        pause,
        cancellable,
      });
      if (start === undefined || this.#state.type !== 'starting') return;
      if (start.type === 'expired') this.expired(start);
      else {
        this.#scanCut = start.cut;
        this.#read(start.position);
        this.sink.progress({ cursor: this.cursor(), gap: undefined });
        this.resume();
      }
    } catch (error) {
      this.failed(error);
    }
  }

  #batchOf(events: readonly ReadEvent[], before: StreamPosition): PayloadBatch {
    const payloads: Buffer[] = [];
    let bytes = 0;
    const partitions: PartitionPosition[] = [...before.partitions];
    for (const { event, partition, after } of events) {
      partitions[partition] = after;
      const result = this.#concerns(event) ? this.group.project(event) : undefined;
      if (result === undefined) continue;
      const cursor = this.#scope.encode({ log: before.log, partitions });
      const payload = encodePayload(result, {
        cursor,
        scanCut: this.#scanCut,
        traceparent: this.group.selection.traceparentOf(event),
      });
      this.#scanCut = false;
      payloads.push(payload);
      bytes += payload.length;
    }
    return { payloads, bytes, framings: new Map() };
  }

  /** As a member: its socket takes no more, and it has left the group. */
  detach(position: StreamPosition): void {
    this.#read(position);
  }

  #read(position: StreamPosition): void {
    this.#state = { type: 'reading', reader: new Reader(this.#stream, this, position) };
  }

  #goLive(): void {
    this.#state = LIVE;
    // What it lost before is told, or was read from the log meanwhile.
    this.gap = undefined;
    this.group.join(this);
  }

  /** A record that names no instance concerns all who are here. */
  #concerns(event: Event): boolean {
    const { instance } = this;
    return instance === undefined || event.instance === undefined || event.instance === instance;
  }

  #leaveWith(error: OperationError): void {
    if (!this.#over()) return;
    this.#stream.left(this);
    this.sink.error([error.toWire()]);
  }

  /** False when it was over before. */
  #over(): boolean {
    const state = this.#state;
    this.#state = OVER;
    switch (state.type) {
      case 'starting':
        state.cancel();
        return true;
      case 'reading':
        state.reader.close();
        return true;
      case 'live':
        this.group.leave(this);
        return true;
      case 'over':
        return false;
      default:
        throw state satisfies never;
    }
  }
}
