import type { Expired, History } from '../broker/history.ts';
import type { Broker, Tail, TailEndReason, TailGap, TailSink } from '../broker/port.ts';
import type { BrokerRecord } from '../broker/record.ts';
import type { Stream } from '../broker/stream.ts';
import type { OperationError } from '../error/operation-error.ts';
import type { TopicMetrics } from '../metrics/topic-metrics.ts';
import { CursorScope } from '../routing/cursor.ts';
import type { PartitionPosition, StreamPosition } from '../routing/position.ts';
import type { TopicInstance } from '../routing/topic.ts';
import type { Clock } from '../time/clock.ts';
import { decodeRecord } from './decode.ts';
import type { Event } from './event.ts';
import { EventPlace } from './event-place.ts';
import type { Flush, TurnScheduler } from './flush.ts';
import { Group } from './group.ts';
import type { SubscriptionPlan } from './plan.ts';
import { partitionIndex, positionAfter } from './position-after.ts';
import type { ReaderSlots } from './reader-slots.ts';
import type { ReplayCache } from './replay-cache.ts';
import type { RingBudget } from './ring.ts';
import { SharedReads } from './shared-reads.ts';
import { Subscriber, type SubscriberStream } from './subscriber.ts';
import type { Attachment, SubscriberSink } from './subscriber-sink.ts';
import { Trail } from './trail.ts';

/** The groups of one instance, or of those who subscribe to every instance. */
interface InstanceGroups {
  readonly scope: CursorScope;
  readonly groups: Map<string, Group>;
}

/** What a stream needs of its hub. */
export interface StreamOwner {
  readonly flush: Flush;
  readonly metrics: TopicMetrics;
  readonly clock: Clock;
  readonly nextTurn: TurnScheduler;
  readonly ringBudget: RingBudget;
  readonly slots: ReaderSlots;
  readonly replayCache: ReplayCache;
  countExpired(reason: Expired['reason']): void;
  mask(error: unknown): OperationError;
  /** The last subscriber has left, or the tail has ended: forget the stream. */
  released(stream: LiveStream): void;
}

/**
 * One broker stream with subscribers: owns its tail, decodes each record once, and offers the event to the groups it concerns.
 * Lives from the first subscriber to the last.
 */
export class LiveStream implements TailSink, SubscriberStream {
  readonly stream: Stream;
  readonly history: History | undefined;
  readonly reads: SharedReads;
  readonly #owner: StreamOwner;
  readonly #tail: Tail;
  /** Under undefined: those who subscribe to every instance. */
  readonly #instances = new Map<TopicInstance | undefined, InstanceGroups>();
  readonly #subscribers = new Set<Subscriber>();
  #trail: Trail | undefined;

  constructor(broker: Broker, stream: Stream, owner: StreamOwner) {
    this.stream = stream;
    this.history = broker.history;
    this.reads = new SharedReads(broker.history, stream, owner.replayCache);
    this.#owner = owner;
    this.#tail = broker.tail(stream, this);
  }

  /** Adds a subscriber, to the group that its plan shares; the sink is not called before this has returned. */
  attach(plan: SubscriptionPlan, sink: SubscriberSink): Attachment {
    const instance = this.#instanceOf(plan);
    let group = instance.groups.get(plan.shareKey);
    if (group === undefined) {
      group = new Group(plan, this.#owner.metrics, () => this.#trail?.head());
      instance.groups.set(plan.shareKey, group);
    }
    group.hold();
    const subscriber = new Subscriber(this, plan, group, instance.scope, sink);
    this.#subscribers.add(subscriber);
    this.#owner.metrics.subscriptions += 1;
    subscriber.start();
    return subscriber;
  }

  /** Ends every subscription with the error and lets the tail go. */
  fail(error: OperationError): void {
    for (const subscriber of this.#letGo()) subscriber.fail(error);
  }

  /** Milliseconds since the epoch of the event at which the furthest-behind reader stands; undefined when nobody reads. */
  oldestReadTimestamp(): number | undefined {
    let oldest: number | undefined;
    for (const { readTimestamp } of this.#subscribers) {
      if (readTimestamp !== undefined && (oldest === undefined || readTimestamp < oldest)) oldest = readTimestamp;
    }
    return oldest;
  }

  // As the sink of the tail.

  positioned(position: StreamPosition): void {
    const first = this.#trail === undefined;
    if (this.#trail === undefined) this.#trail = new Trail(this.#owner.ringBudget, position);
    else this.#trail.extend(position);
    for (const { groups } of this.#instances.values()) for (const group of groups.values()) group.positioned(position);
    if (first) for (const subscriber of this.#subscribers) subscriber.positioned();
  }

  record(record: BrokerRecord): void {
    const metrics = this.#owner.metrics;
    metrics.events += 1;
    const event = decodeRecord(this.stream.topic, record);
    const trail = this.#trail;
    if (event === undefined) {
      metrics.tombstones += 1;
      trail?.skip(partitionIndex(this.stream, record), positionAfter(record));
      return;
    }
    if (event.type === 'invalid') metrics.invalidEvents += 1;
    trail?.push(partitionIndex(this.stream, record), event, positionAfter(record), record.value?.byteLength ?? 0);
    if (this.stream.instance === undefined && event.instance !== undefined) {
      this.#offer(this.#instances.get(event.instance), event, record);
      this.#offer(this.#instances.get(undefined), event, record);
    } else {
      // The stream is of one instance, or a record names none: it concerns all who are here.
      for (const instance of this.#instances.values()) this.#offer(instance, event, record);
    }
  }

  advanced(partition: number, position: PartitionPosition): void {
    this.#trail?.skip(partition, position);
  }

  gap(gap: TailGap): void {
    this.#owner.metrics.countGap(gap.reason);
    for (const subscriber of this.#subscribers) subscriber.flag(gap);
  }

  ended(reason: TailEndReason): void {
    const ending = this.#letGo();
    // The log that stands in its place now, if there is one, says where it begins (P93).
    void this.#oldest().then((oldest) => {
      for (const subscriber of ending) subscriber.expired({ type: 'expired', reason, oldest });
    });
  }

  // As the stream of its subscribers.

  get trail(): Trail | undefined {
    return this.#trail;
  }

  get slots(): ReaderSlots {
    return this.#owner.slots;
  }

  get clock(): Clock {
    return this.#owner.clock;
  }

  get nextTurn(): TurnScheduler {
    return this.#owner.nextTurn;
  }

  countDeliveries(count: number): void {
    this.#owner.metrics.deliveries += count;
  }

  countExpired(reason: Expired['reason']): void {
    this.#owner.countExpired(reason);
  }

  mask(error: unknown): OperationError {
    return this.#owner.mask(error);
  }

  left(subscriber: Subscriber): void {
    if (!this.#subscribers.delete(subscriber)) return;
    this.#owner.metrics.subscriptions -= 1;
    if (subscriber.group.release()) this.#forget(subscriber.plan, subscriber.group);
    if (this.#subscribers.size === 0) this.#release();
  }

  #offer(instance: InstanceGroups | undefined, event: Event, record: BrokerRecord): void {
    if (instance === undefined) return;
    const place =
      this.#trail === undefined
        ? undefined
        : new EventPlace(this.#trail, instance.scope, partitionIndex(this.stream, record), positionAfter(record));
    for (const group of instance.groups.values()) {
      if (group.offer(event, place)) this.#owner.flush.schedule(group);
    }
  }

  #instanceOf(plan: SubscriptionPlan): InstanceGroups {
    let instance = this.#instances.get(plan.instance);
    if (instance === undefined) {
      instance = { scope: new CursorScope(plan.topic.name, plan.instance, this.stream.partition), groups: new Map() };
      this.#instances.set(plan.instance, instance);
    }
    return instance;
  }

  #forget(plan: SubscriptionPlan, group: Group): void {
    const instance = this.#instances.get(plan.instance);
    if (instance === undefined || instance.groups.get(plan.shareKey) !== group) return;
    instance.groups.delete(plan.shareKey);
    if (instance.groups.size === 0) this.#instances.delete(plan.instance);
  }

  async #oldest(): Promise<StreamPosition | undefined> {
    const oldest = await this.history?.locate(this.stream, { type: 'earliest' });
    return oldest?.type === 'located' ? oldest.position : undefined;
  }

  /** Nobody is subscribed any more: gives those who were, for the caller to end. */
  #letGo(): readonly Subscriber[] {
    const subscribers = [...this.#subscribers];
    this.#subscribers.clear();
    this.#instances.clear();
    this.#owner.metrics.subscriptions -= subscribers.length;
    this.#release();
    return subscribers;
  }

  #release(): void {
    this.#tail.close();
    this.#trail?.clear();
    this.reads.clear();
    this.#owner.released(this);
  }
}
