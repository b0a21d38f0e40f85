import type { Broker, Stream, Tail, TailEndReason, TailGap, TailSink } from '../broker/port.ts';
import type { BrokerRecord } from '../broker/record.ts';
import { OperationError } from '../error/operation-error.ts';
import type { TopicMetrics } from '../metrics/topic-metrics.ts';
import type { TopicInstance } from '../routing/topic.ts';
import { decodeRecord } from './decode.ts';
import type { Event } from './event.ts';
import type { Flush } from './flush.ts';
import { Group, type Subscriber } from './group.ts';
import type { SubscriptionPlan } from './plan.ts';
import type { SubscriberSink } from './subscriber-sink.ts';

/** The groups of one instance, by share key. */
type InstanceGroups = Map<string, Group>;

/** What a stream needs of its hub. */
export interface StreamOwner {
  readonly flush: Flush;
  readonly metrics: TopicMetrics;
  /** The last subscriber has left, or the tail has ended: forget the stream. */
  released(stream: LiveStream): void;
}

/**
 * One broker stream with subscribers: owns its tail, decodes each record once, and offers the event to the groups it concerns.
 * Lives from the first subscriber to the last.
 */
export class LiveStream implements TailSink {
  readonly stream: Stream;
  readonly #owner: StreamOwner;
  readonly #tail: Tail;
  /** Under undefined: those who subscribe to every instance. */
  readonly #groups = new Map<TopicInstance | undefined, InstanceGroups>();
  #subscribers = 0;

  constructor(broker: Broker, stream: Stream, owner: StreamOwner) {
    this.stream = stream;
    this.#owner = owner;
    this.#tail = broker.tail(stream, this);
  }

  /** Joins the plan's group, made when it is the first. The returned function leaves it; idempotent. */
  attach(plan: SubscriptionPlan, sink: SubscriberSink): () => void {
    const group = this.#groupOf(plan);
    const subscriber = group.join(sink);
    this.#subscribers += 1;
    this.#owner.metrics.subscriptions += 1;
    return () => this.#detach(plan, group, subscriber);
  }

  /** Resolves when the broker has confirmed the tail. */
  get attached(): Promise<void> {
    return this.#tail.attached;
  }

  record(record: BrokerRecord): void {
    const metrics = this.#owner.metrics;
    metrics.events += 1;
    const event = decodeRecord(this.stream.topic, record);
    if (event === undefined) {
      metrics.tombstones += 1;
      return;
    }
    if (event.type === 'invalid') metrics.invalidEvents += 1;
    if (this.stream.instance === undefined && event.instance !== undefined) {
      this.#offer(this.#groups.get(event.instance), event);
      this.#offer(this.#groups.get(undefined), event);
    } else {
      // The stream is of one instance, or a record names none: it concerns all who are here.
      for (const groups of this.#groups.values()) this.#offer(groups, event);
    }
  }

  gap(gap: TailGap): void {
    this.#owner.metrics.countGap(gap.reason);
    for (const groups of this.#groups.values()) {
      for (const group of groups.values()) group.flag(gap);
    }
  }

  ended(reason: TailEndReason): void {
    const topic = this.stream.topic.name;
    const error = new OperationError('CURSOR_EXPIRED', `The log of ${topic} was ${reason} while it was followed.`, {
      reason,
    });
    this.fail(error);
  }

  /** Ends every subscription with the error and lets the tail go. */
  fail(error: OperationError): void {
    const failing = [...this.#groups.values()].flatMap((groups) => [...groups.values()]);
    this.#groups.clear();
    this.#owner.metrics.subscriptions -= this.#subscribers;
    this.#subscribers = 0;
    this.#release();
    for (const group of failing) group.fail([error.toWire()]);
  }

  #offer(groups: InstanceGroups | undefined, event: Event): void {
    if (groups === undefined) return;
    for (const group of groups.values()) {
      if (group.offer(event)) this.#owner.flush.schedule(group);
    }
  }

  #groupOf(plan: SubscriptionPlan): Group {
    let groups = this.#groups.get(plan.instance);
    if (groups === undefined) {
      groups = new Map();
      this.#groups.set(plan.instance, groups);
    }
    let group = groups.get(plan.shareKey);
    if (group === undefined) {
      group = new Group(plan, this.#owner.metrics);
      groups.set(plan.shareKey, group);
    }
    return group;
  }

  #detach(plan: SubscriptionPlan, group: Group, subscriber: Subscriber): void {
    if (!group.leave(subscriber)) return;
    this.#subscribers -= 1;
    this.#owner.metrics.subscriptions -= 1;
    if (group.size === 0) this.#forget(plan, group);
    if (this.#subscribers === 0) this.#release();
  }

  #forget(plan: SubscriptionPlan, group: Group): void {
    const groups = this.#groups.get(plan.instance);
    if (groups === undefined || groups.get(plan.shareKey) !== group) return;
    groups.delete(plan.shareKey);
    if (groups.size === 0) this.#groups.delete(plan.instance);
  }

  #release(): void {
    this.#tail.close();
    this.#owner.released(this);
  }
}
