import assert from 'node:assert/strict';
import type { WireError } from '../../../src/error/operation-error.ts';
import type { Hub } from '../../../src/fanout/hub.ts';
import type { SubscriptionPlan, SubscriptionStart } from '../../../src/fanout/plan.ts';
import type { Attachment, PayloadBatch, Progress, SubscriberSink } from '../../../src/fanout/subscriber-sink.ts';
import { CursorScope } from '../../../src/routing/cursor.ts';
import type { TopicInstance } from '../../../src/routing/topic.ts';
import type { SimulatedBroker } from './simulated-broker.ts';

/** The value of every simulated event. */
export interface SimulatedEvent {
  readonly network: string;
  /** Partition and offset, so that a client can tell what it got. */
  readonly at: string;
  readonly even: boolean;
}

/** How one logical client, over all its connections, is checked: what it must have from the moment at which its place was known. */
interface Span {
  /** First offset that it must have, by partition; undefined until it is known. */
  from: number[] | undefined;
  readonly received: string[];
}

/**
 * A client that keeps its cursor, drops its connection, comes back, stalls and goes on, as the schedule says. Whatever happens, what
 * it received since it knew its place must be the log itself.
 */
export class SimulatedClient {
  readonly #broker: SimulatedBroker;
  readonly #hub: Hub;
  readonly #plan: Omit<SubscriptionPlan, 'start'>;
  readonly #scope: CursorScope;
  readonly #wanted: (event: SimulatedEvent) => boolean;
  #start: SubscriptionStart;
  #span: Span = { from: undefined, received: [] };
  #attachment: Attachment | undefined;
  #writable = true;
  /** How much its socket takes before it stalls. */
  #room: number;
  cursor: string | undefined;
  expired = 0;
  connects = 0;

  constructor(
    broker: SimulatedBroker,
    hub: Hub,
    plan: Omit<SubscriptionPlan, 'start'>,
    wanted: (event: SimulatedEvent) => boolean,
    start: SubscriptionStart,
    room: number,
  ) {
    this.#broker = broker;
    this.#hub = hub;
    this.#plan = plan;
    this.#scope = new CursorScope(plan.topic.name, plan.instance as TopicInstance | undefined);
    this.#wanted = wanted;
    this.#start = start;
    this.#room = room;
  }

  get connected(): boolean {
    return this.#attachment !== undefined;
  }

  get stalled(): boolean {
    return !this.#writable;
  }

  connect(): void {
    if (this.#attachment !== undefined) return;
    this.connects += 1;
    this.#writable = true;
    const start: SubscriptionStart = this.cursor === undefined ? this.#start : { type: 'cursor', cursor: this.cursor };
    if (this.cursor === undefined) this.#span = { from: undefined, received: [] };
    // Each connection is a sink of its own: a late word to an old one must be noticed.
    let current = true;
    const own = (): void => assert.ok(current, 'nothing reaches a sink after its end');
    const client = this;
    const sink: SubscriberSink = {
      get writable() {
        return client.#writable;
      },
      next: (batch) => {
        own();
        this.#next(batch);
      },
      progress: (progress) => {
        own();
        this.#progress(progress);
      },
      error: (errors) => {
        own();
        current = false;
        this.#failed(errors);
      },
      complete: () => assert.fail('the source never ends by itself'),
    };
    const attachment = this.#hub.attach({ ...this.#plan, start }, sink);
    this.#attachment = {
      end: () => {
        attachment.end();
        current = false;
      },
      resume: () => attachment.resume(),
      cursor: () => attachment.cursor(),
    };
  }

  disconnect(): void {
    this.#attachment?.end();
    this.#attachment = undefined;
  }

  /** As a keep-alive with progress does. */
  askForProgress(): void {
    const cursor = this.#attachment?.cursor();
    if (cursor !== undefined) this.#progress({ cursor, gap: undefined });
  }

  stall(): void {
    if (this.connected) this.#writable = false;
  }

  goOn(room: number): void {
    this.#room = room;
    if (this.#writable) return;
    this.#writable = true;
    this.#attachment?.resume();
  }

  /** Has it everything that the log holds from its place on? */
  get complete(): boolean {
    const { from, received } = this.#span;
    return from !== undefined && received.length === this.#expected(from).length;
  }

  /** Fails unless what was received is the log from its place on: each partition in order, nothing twice, nothing missing before the last. */
  check(whole: boolean): void {
    const { from, received } = this.#span;
    if (from === undefined) {
      assert.equal(received.length, 0, 'the first event comes with a cursor');
      return;
    }
    for (let partition = 0; partition < this.#broker.partitionCount; partition += 1) {
      const own = received.filter((at) => at.startsWith(`${partition}/`));
      const expected: readonly string[] = this.#expected(from).filter((at) => at.startsWith(`${partition}/`));
      assert.deepEqual(own, whole ? expected : expected.slice(0, own.length));
    }
  }

  #expected(from: readonly number[]): string[] {
    const expected: string[] = [];
    for (let partition = 0; partition < this.#broker.partitionCount; partition += 1) {
      for (const { offset, value } of this.#broker.records(partition)) {
        const event = JSON.parse(value) as SimulatedEvent;
        if (offset >= (from[partition] ?? 0) && this.#wanted(event)) expected.push(event.at);
      }
    }
    return expected;
  }

  #next(batch: PayloadBatch): void {
    for (const payload of batch.payloads) {
      const result = JSON.parse(payload.toString()) as { data: { at: string }; extensions: { cursor: string } };
      const { at } = result.data;
      this.#know(result.extensions.cursor, at);
      this.#span.received.push(at);
      this.cursor = result.extensions.cursor;
      this.#room -= 1;
    }
    if (this.#room <= 0) this.#writable = false;
  }

  #progress({ cursor }: Progress): void {
    if (cursor === undefined) return;
    this.#know(cursor, undefined);
    this.cursor = cursor;
  }

  /** The first cursor says where the span begins: at the place of the event that it came with, or behind it. */
  #know(cursor: string, at: string | undefined): void {
    if (this.#span.from !== undefined) return;
    const position = this.#scope.decode(cursor);
    assert.ok(position !== undefined, 'a cursor that the hub gives out is one of its topic');
    const from = position.partitions.map((place) => (place.type === 'kafka' ? Number(place.next) : 0));
    if (at !== undefined) {
      const [partition = 0, offset = 0] = at.split('/').map(Number);
      from[partition] = offset;
    }
    this.#span.from = from;
  }

  #failed(errors: readonly WireError[]): void {
    const [error] = errors;
    assert.equal(error?.extensions.code, 'CURSOR_EXPIRED', JSON.stringify(errors));
    assert.equal(error?.extensions['reason'], 'trimmed');
    this.check(false);
    this.expired += 1;
    this.#attachment = undefined;
    this.cursor = undefined;
    this.#start = { type: 'earliest' };
  }
}
