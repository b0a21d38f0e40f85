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
import { EventPlace, type Standing } from './event-place.ts';
import type { Flush, TurnScheduler } from './flush.ts';
import type { Group } from './group.ts';
import { InstanceGroups, type InstanceOwner } from './instance-groups.ts';
import { LazyEvent } from './lazy-event.ts';
import type { ReloadJudge, SubscriptionPlan } from './plan.ts';
import { partitionIndex, positionAfter } from './position-after.ts';
import type { ReaderSlots } from './reader-slots.ts';
import type { ReplayCache } from './replay-cache.ts';
import type { RingBudget } from './ring.ts';
import { SharedReads } from './shared-reads.ts';
import { SmallMap } from './small-map.ts';
import { SmallSet } from './small-set.ts';
import type { StreamReading } from './stream-reading.ts';
import { Subscriber, type SubscriberStream } from './subscriber.ts';
import type { Attachment, SubscriberSink } from './subscriber-sink.ts';
import { Trail } from './trail.ts';

/** What a stream needs of its hub: one object for all streams. */
export interface StreamOwner {
  readonly flush: Flush;
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
export class LiveStream implements TailSink, SubscriberStream, InstanceOwner {
  readonly stream: Stream;
  readonly broker: Broker;
  readonly metrics: TopicMetrics;
  /** Groups with live members, of all instances. */
  listening = 0;
  receivedAt = 0;
  /** Records that it has received. */
  records = 0;
  readonly openedAt: number;
  readonly #owner: StreamOwner;
  readonly #tail: Tail;
  /** Under undefined: those who subscribe to every instance. */
  readonly #instances = new SmallMap<TopicInstance | undefined, InstanceGroups>();
  readonly #subscribers = new SmallSet<Subscriber>();
  #trail: Trail | undefined;
  #reads: SharedReads | undefined;

  constructor(broker: Broker, stream: Stream, metrics: TopicMetrics, owner: StreamOwner) {
    this.stream = stream;
    this.broker = broker;
    this.metrics = metrics;
    this.#owner = owner;
    this.openedAt = owner.clock.monotonic();
    this.#tail = broker.tail(stream, this);
  }

  /** Adds a subscriber, to the group that its plan shares; the sink is not called before this has returned. */
  attach(plan: SubscriptionPlan, sink: SubscriberSink): Attachment {
    const instance = this.#instanceOf(plan);
    const group = instance.groupOf(plan);
    group.hold();
    const subscriber = new Subscriber(this, plan, group, instance.scope, sink);
    this.#subscribers.add(subscriber);
    this.metrics.subscriptions += 1;
    subscriber.start();
    return subscriber;
  }

  /** Ends every subscription with the error and lets the tail go. */
  fail(error: OperationError): void {
    for (const subscriber of this.#letGo()) subscriber.fail(error);
  }

  /** Ends those subscriptions for which `judge` has an error. */
  failWhere(judge: ReloadJudge): void {
    const ending: (readonly [Subscriber, OperationError])[] = [];
    this.#subscribers.each((subscriber) => {
      const error = judge(this.stream.topic, subscriber.group.key.document);
      if (error !== undefined) ending.push([subscriber, error]);
    });
    for (const [subscriber, error] of ending) {
      this.left(subscriber);
      subscriber.fail(error);
    }
  }

  /** Milliseconds since the epoch of the event at which the furthest-behind reader stands; undefined when nobody reads. */
  oldestReadTimestamp(): number | undefined {
    let oldest: number | undefined;
    this.#subscribers.each(({ readTimestamp }) => {
      if (readTimestamp !== undefined && (oldest === undefined || readTimestamp < oldest)) oldest = readTimestamp;
    });
    return oldest;
  }

  /** What is open on it at this moment. */
  reading(): StreamReading {
    let groups = 0;
    let projections = 0;
    let readers = 0;
    this.#instances.each((instance) => {
      const count = instance.count();
      groups += count.groups;
      projections += count.projections;
    });
    this.#subscribers.each((subscriber) => {
      if (subscriber.reading) readers += 1;
    });
    const ring = this.#trail?.size() ?? { events: 0, bytes: 0 };
    return { subscribers: this.#subscribers.size, groups, projections, readers, ring };
  }

  // As the sink of the tail.

  positioned(position: StreamPosition): void {
    const first = this.#trail === undefined;
    if (this.#trail === undefined) this.#trail = new Trail(this.#owner.ringBudget, position);
    else this.#trail.extend(position);
    this.#instances.each((instance) => instance.positioned(position));
    if (first) this.#subscribers.each((subscriber) => subscriber.positioned());
  }

  record(record: BrokerRecord): void {
    const { metrics, stream } = this;
    metrics.events += 1;
    this.records += 1;
    // With nobody live there is no fan-out to be measured.
    if (this.listening > 0) this.receivedAt = this.#owner.clock.monotonic();
    const trail = this.#trail;
    const standing = trail === undefined ? undefined : standingOf(trail, stream, record);
    if (record.value === null) {
      metrics.tombstones += 1;
      if (standing !== undefined) standing.trail.skip(standing.partition, standing.after);
      return;
    }
    const event = new LazyEvent(stream.topic, record, metrics);
    if (standing !== undefined) {
      standing.trail.push(standing.partition, event, standing.after, record.value.byteLength);
    }
    this.#offer(event, record, standing);
    // What is left undecoded waits in the trail.
    if (standing !== undefined) event.keep();
  }

  advanced(partition: number, position: PartitionPosition): void {
    this.#trail?.skip(partition, position);
  }

  gap(gap: TailGap): void {
    this.metrics.countGap(gap.reason);
    this.#subscribers.each((subscriber) => subscriber.flag(gap));
  }

  ended(reason: TailEndReason): void {
    const ending = this.#letGo();
    // The log that stands in its place now, if there is one, says where it begins (P93).
    void this.#oldest().then((oldest) => {
      for (const subscriber of ending) subscriber.expired({ type: 'expired', reason, oldest });
    });
  }

  // As the owner of its groups.

  get flush(): Flush {
    return this.#owner.flush;
  }

  head(): StreamPosition | undefined {
    return this.#trail?.head();
  }

  // As the stream of its subscribers.

  get history(): History | undefined {
    return this.broker.history;
  }

  get reads(): SharedReads {
    this.#reads ??= new SharedReads(this.broker.history, this.stream, this.#owner.replayCache);
    return this.#reads;
  }

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

  countDeliveries(count: number, bytes: number): void {
    this.metrics.deliveries += count;
    this.metrics.deliveredBytes += bytes;
  }

  countExpired(reason: Expired['reason']): void {
    this.#owner.countExpired(reason);
  }

  mask(error: unknown): OperationError {
    return this.#owner.mask(error);
  }

  left(subscriber: Subscriber): void {
    if (!this.#subscribers.delete(subscriber)) return;
    this.metrics.subscriptions -= 1;
    if (subscriber.group.release()) this.#forget(subscriber.group);
    if (this.#subscribers.size === 0) this.#release();
  }

  #offer(event: LazyEvent, record: BrokerRecord, standing: Standing | undefined): void {
    if (this.listening === 0) return;
    if (this.stream.instance !== undefined) {
      this.#giveAll(event, standing);
      return;
    }
    // A record stays with the instance that its address names, readable or not; where its value alone can tell, it is decoded.
    const named = record.instance ?? event.get().instance;
    if (named === undefined) {
      // It concerns all who are here.
      this.#giveAll(event, standing);
    } else {
      this.#give(this.#instances.get(named), event, standing);
      this.#give(this.#instances.get(undefined), event, standing);
    }
  }

  #giveAll(event: LazyEvent, standing: Standing | undefined): void {
    const { sole } = this.#instances;
    if (sole !== undefined) this.#give(sole, event, standing);
    else this.#instances.each((instance) => this.#give(instance, event, standing));
  }

  #give(instance: InstanceGroups | undefined, event: LazyEvent, standing: Standing | undefined): void {
    if (instance === undefined || instance.silent) return;
    instance.offer(event.get(), standing === undefined ? undefined : new EventPlace(instance.scope, standing));
  }

  #instanceOf(plan: SubscriptionPlan): InstanceGroups {
    let instance = this.#instances.get(plan.instance);
    if (instance === undefined) {
      const scope = new CursorScope(plan.topic.name, plan.instance, this.stream.partition);
      instance = new InstanceGroups(scope, this);
      this.#instances.set(plan.instance, instance);
    }
    return instance;
  }

  #forget(group: Group): void {
    const instance = this.#instances.get(group.key.instance);
    if (instance === undefined) return;
    instance.forget(group);
    if (instance.empty) this.#instances.delete(group.key.instance);
  }

  async #oldest(): Promise<StreamPosition | undefined> {
    const oldest = await this.history?.locate(this.stream, { type: 'earliest' });
    return oldest?.type === 'located' ? oldest.position : undefined;
  }

  /** Nobody is subscribed any more: gives those who were, for the caller to end. */
  #letGo(): readonly Subscriber[] {
    const subscribers: Subscriber[] = [];
    this.#subscribers.each((subscriber) => subscribers.push(subscriber));
    this.#subscribers.clear();
    this.#instances.clear();
    this.metrics.subscriptions -= subscribers.length;
    this.#release();
    return subscribers;
  }

  #release(): void {
    this.#tail.close();
    this.#trail?.clear();
    this.#reads?.clear();
    this.#owner.released(this);
  }
}

function standingOf(trail: Trail, stream: Stream, record: BrokerRecord): Standing {
  return { trail, partition: partitionIndex(stream, record), after: positionAfter(record) };
}
