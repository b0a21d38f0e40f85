import type { DocumentNode } from 'graphql';
import type { TopicMetrics } from '../metrics/topic-metrics.ts';
import type { StreamPosition } from '../routing/position.ts';
import type { TopicInstance } from '../routing/topic.ts';
import type { Clock } from '../time/clock.ts';
import type { Event } from './event.ts';
import type { EventPlace } from './event-place.ts';
import type { CompiledFilter } from './filter/compiled-filter.ts';
import type { IndexEntry } from './filter/filter-index.ts';
import type { Member } from './member.ts';
import { MemberList } from './member-list.ts';
import { withGap } from './payload.ts';
import type { ProjectedEvent } from './projection.ts';
import type { Selection } from './selection.ts';
import type { PayloadBatch } from './subscriber-sink.ts';

/** What all subscriptions of a group have in common. */
export interface GroupKey {
  /** Undefined for those who subscribe to every instance. */
  readonly instance: TopicInstance | undefined;
  readonly selectionKey: string;
  readonly filterKey: string;
  /** Of its first subscriber: see `SubscriptionPlan`. */
  readonly document?: DocumentNode | undefined;
}

/** How many subscribers are served between two looks at the clock. */
const MEMBERS_PER_CLOCK_READ = 64;

/** A batch ends at the payload that crosses this: between two batches a member's socket is looked at again. */
const BATCH_BYTES = 262_144;

interface Pending {
  readonly payload: Buffer;
  readonly place: EventPlace | undefined;
}

/** A batch on its way, possibly over several time slices. */
interface Delivery {
  readonly batch: PayloadBatch;
  /** Payload count before its first payload, and after its last one. */
  readonly first: number;
  readonly end: number;
  /** The group's position before and after it; undefined where nothing is kept. */
  readonly before: StreamPosition | undefined;
  /** Of its oldest record, as `Group.#receivedAt` and `Group.#timestamp`. */
  readonly receivedAt: number;
  readonly timestamp: number;
}

/** What a group needs of the groups that it is one of. */
export interface GroupOwner {
  /** Where the stream's tail stands; undefined where nothing is kept. */
  head(): StreamPosition | undefined;
  /** Monotonic milliseconds: when the record that is being offered was received. */
  readonly receivedAt: number;
  /** The group has a member: from now on it is offered what its filter lets through. */
  listen(group: Group): void;
  /** It has none any more. */
  hush(group: Group): void;
}

/**
 * The subscribers that get the same bytes: same stream, instance, selection and filter. The payloads wait here until the flush hands
 * them to every member as one batch.
 */
export class Group {
  readonly key: GroupKey;
  readonly selection: Selection;
  /** Undefined passes every event. */
  readonly filter: CompiledFilter | undefined;
  readonly #metrics: TopicMetrics;
  readonly #owner: GroupOwner;
  /** Its owner's: where it stands among the groups that are offered events. */
  entry: IndexEntry<Group> | undefined;
  readonly #members = new MemberList();
  /** Attached subscriptions, those that read for themselves included. */
  #held = 0;
  #pending: Pending[] = [];
  #pendingBytes = 0;
  /** Monotonic milliseconds: when the oldest record was received that was appended since nothing was pending. */
  #receivedAt = 0;
  /** Milliseconds since the epoch: the broker's, of the same record. */
  #timestamp = 0;
  /** Payloads ever appended. */
  #appended = 0;
  #delivery: Delivery | undefined;
  /** Everything before it was handed out; undefined where nothing is kept, and before the tail has told where it began. */
  #position: StreamPosition | undefined;

  constructor(
    key: GroupKey,
    selection: Selection,
    filter: CompiledFilter | undefined,
    metrics: TopicMetrics,
    owner: GroupOwner,
  ) {
    this.key = key;
    this.selection = selection;
    this.filter = filter;
    this.#metrics = metrics;
    this.#owner = owner;
  }

  /** Has it members that take part in what is live? */
  get listening(): boolean {
    return this.#members.size > 0;
  }

  /** Bytes waiting for the flush. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Has every member got all that was appended? */
  get settled(): boolean {
    return this.#pending.length === 0 && this.#delivery === undefined;
  }

  /** An attached subscription uses the group, live or not. */
  hold(): void {
    this.#held += 1;
  }

  /** True when nobody uses the group any more. */
  release(): boolean {
    this.#held -= 1;
    return this.#held === 0;
  }

  /** The tail has told where it begins, or where it begins to read partitions that were added. */
  positioned(start: StreamPosition): void {
    const known = this.#position?.partitions ?? [];
    this.#position = { log: start.log, partitions: [...known, ...start.partitions.slice(known.length)] };
  }

  /** From now on the member's sink gets what is appended. */
  join(member: Member): void {
    // With nobody waiting, what came before does not concern the group any more.
    if (this.settled) this.#position = this.#owner.head();
    member.joinedAt = this.#appended;
    if (!this.listening) this.#owner.listen(this);
    this.#members.add(member);
  }

  /** Nothing reaches the member's sink after this returns. */
  leave(member: Member): void {
    if (this.#members.delete(member) && !this.listening) this.#owner.hush(this);
  }

  /** Does the filter let the event through? */
  passes(event: Event): boolean {
    return event.type === 'invalid' || this.filter === undefined || this.filter.passes(event.value);
  }

  /** Filters and projects one event; undefined when it does not pass. */
  project(event: Event): ProjectedEvent | undefined {
    return this.passes(event) ? this.selection.project(event) : undefined;
  }

  /** Takes the payload of a live event that passes; the group then wants a flush. */
  append(payload: Buffer, place: EventPlace | undefined, timestamp: number): void {
    if (this.#pending.length === 0) {
      this.#receivedAt = this.#owner.receivedAt;
      this.#timestamp = timestamp;
    }
    this.#pending.push({ payload, place });
    this.#pendingBytes += payload.length;
    this.#appended += 1;
  }

  /**
   * Hands what is pending to the members until the clock passes `until` (monotonic milliseconds).
   * True when everything was handed over.
   */
  deliver(clock: Clock, until: number): boolean {
    let served = 0;
    for (;;) {
      this.#delivery ??= this.#takeBatch();
      const delivery = this.#delivery;
      if (delivery === undefined) return true;
      for (let member = this.#members.next(); member !== undefined; member = this.#members.next()) {
        this.#metrics.deliveries += this.#deliverTo(member, delivery, clock);
        served += 1;
        if (served % MEMBERS_PER_CLOCK_READ === 0 && clock.monotonic() > until) return false;
      }
      this.#delivery = undefined;
      this.#delivered(delivery, clock);
    }
  }

  #delivered({ batch, receivedAt, timestamp }: Delivery, clock: Clock): void {
    const { latency } = this.#metrics;
    latency.delivered(batch.payloads.length, clock.monotonic() - receivedAt, clock.now() - timestamp);
  }

  #takeBatch(): Delivery | undefined {
    if (this.#pending.length === 0) return undefined;
    let bytes = 0;
    let count = 0;
    while (count < this.#pending.length && bytes < BATCH_BYTES) {
      bytes += this.#pending[count]?.payload.length ?? 0;
      count += 1;
    }
    const taken = count === this.#pending.length ? this.#pending : this.#pending.slice(0, count);
    this.#pending = count === this.#pending.length ? [] : this.#pending.slice(count);
    this.#pendingBytes -= bytes;
    // Everything that the tail has read was offered; so with nothing pending the group stands where the tail stands.
    const head = this.#owner.head();
    const before = this.#position;
    if (before !== undefined) this.#position = this.#pending.length === 0 ? head : advanced(before, taken);
    const end = this.#appended - this.#pending.length;
    // Members may leave and join while it goes round; those who join are told apart by `joinedAt`.
    this.#members.rewind();
    return {
      batch: { payloads: taken.map(({ payload }) => payload), bytes, framings: new Map() },
      first: end - count,
      end,
      before,
      receivedAt: this.#receivedAt,
      timestamp: this.#timestamp,
    };
  }

  /** Returns how many payloads reached the member. */
  #deliverTo(member: Member, delivery: Delivery, clock: Clock): number {
    const { batch, first, end, before } = delivery;
    if (member.joinedAt >= end) return 0;
    if (member.joinedAt <= first && member.gap === undefined && member.sink.writable) {
      member.sink.next(batch);
      this.#metrics.deliveredBytes += batch.bytes;
      return batch.payloads.length;
    }
    return this.#deliverSpecially(member, batch, Math.max(0, member.joinedAt - first), before, clock);
  }

  /** The rare member: it joined within the batch, lost something before it, or cannot take more. */
  #deliverSpecially(
    member: Member,
    batch: PayloadBatch,
    skipped: number,
    before: StreamPosition | undefined,
    clock: Clock,
  ): number {
    const { sink } = member;
    if (!sink.writable && skipped === 0 && before !== undefined) {
      this.leave(member);
      member.detach(before);
      return 0;
    }
    if (!sink.writable && before === undefined) {
      this.#metrics.countGap('slow_subscriber', batch.payloads.length - skipped);
      if (member.gap === undefined) {
        member.gap = { reason: 'slow_subscriber', since: new Date(clock.now()).toISOString() };
        sink.progress({ cursor: undefined, gap: member.gap });
      }
      return 0;
    }
    const payloads = batch.payloads.slice(skipped);
    const [oldest] = payloads;
    if (member.gap !== undefined && oldest !== undefined) {
      payloads[0] = withGap(oldest, member.gap);
      member.gap = undefined;
    }
    const bytes = payloads.reduce((sum, payload) => sum + payload.length, 0);
    sink.next({ payloads, bytes, framings: new Map() });
    this.#metrics.deliveredBytes += bytes;
    return payloads.length;
  }
}

function advanced(position: StreamPosition, taken: readonly Pending[]): StreamPosition {
  const partitions = [...position.partitions];
  for (const { place } of taken) if (place !== undefined) partitions[place.partition] = place.after;
  return { log: position.log, partitions };
}
