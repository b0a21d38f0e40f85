import type { Expired } from '../broker/history.ts';
import type { TopicMetrics } from '../metrics/topic-metrics.ts';
import { comparePositions, type PartitionPosition, type StreamPosition } from '../routing/position.ts';
import type { TopicInstance } from '../routing/topic.ts';
import type { Clock } from '../time/clock.ts';
import type { Event } from './event.ts';
import type { TurnScheduler } from './flush.ts';
import type { Group } from './group.ts';
import type { ReaderSlots } from './reader-slots.ts';
import type { ReplayChunk } from './replay-chunk.ts';
import type { HistoryRead, SharedReads } from './shared-reads.ts';
import type { PayloadBatch } from './subscriber-sink.ts';
import type { Trail } from './trail.ts';

/** What a reader needs of its stream. */
export interface ReaderStream {
  /** Undefined until the tail has told where it began. */
  readonly trail: Trail | undefined;
  readonly reads: SharedReads;
  readonly slots: ReaderSlots;
  readonly clock: Clock;
  readonly nextTurn: TurnScheduler;
  readonly metrics: Pick<TopicMetrics, 'countReplayStep'>;
}

/** Whom a reader reads for. Called synchronously. */
export interface ReaderOwner {
  /** Does the peer take more? */
  readonly writable: boolean;
  /** The instance whose events it wants; undefined for those of every instance. */
  readonly instance: TopicInstance | undefined;
  /**
   * Events, each partition's in order, and where the reader stood before them. `shared` holds what the same events became for
   * a group, when they are the same for all readers at this place.
   */
  events(events: readonly ReadEvent[], before: StreamPosition, shared: Map<Group, PayloadBatch> | undefined): void;
  /** The reader stands at the head of the trail, on all partitions, and is done: go on live within this call. */
  caughtUp(position: StreamPosition): void;
  /** It can never go on. */
  expired(expired: Expired): void;
  /** A bug: it has stopped. */
  failed(error: unknown): void;
}

/** One event, with the place behind it. */
export interface ReadEvent {
  readonly event: Event;
  readonly partition: number;
  readonly after: PartitionPosition;
}

/** Bytes of ring entries that are handed over in one step, before the socket is looked at again and other work gets a turn. */
const STEP_BYTES = 262_144;

/** How long it waits before it asks a broker again that could not answer, or that had nothing yet. */
const RETRY_MS = 100;

/** How long it waits for the tail to come to a place that a read has already passed. */
const AHEAD_MS = 5;

/**
 * Reads a stream for one subscriber from a position of its own: for one that resumes, and for one that could not keep up. It takes
 * from the rings what is there and from the broker's history what is older, one chunk at a time and only while the peer takes more.
 * At the head of the rings on all partitions it hands over to the live group within one synchronous block, so that no event falls
 * between and none is doubled.
 */
export class Reader {
  readonly #stream: ReaderStream;
  readonly #owner: ReaderOwner;
  readonly #log: string;
  readonly #positions: PartitionPosition[];
  #closed = false;
  #running = false;
  /** The partition that is looked at first; it moves on, so that no partition waits for another. */
  #turn = 0;
  /** Ends whatever it waits for. */
  #wake: () => void = () => {};
  /** Of the last event read, milliseconds since the epoch. */
  timestamp: number | undefined;

  constructor(stream: ReaderStream, owner: ReaderOwner, position: StreamPosition) {
    this.#stream = stream;
    this.#owner = owner;
    this.#log = position.log;
    this.#positions = [...position.partitions];
  }

  /** Everything before it was handed to the owner. */
  position(): StreamPosition {
    return { log: this.#log, partitions: [...this.#positions] };
  }

  /** Goes on while the peer takes more. Called at the start, and each time the peer takes more again. */
  resume(): void {
    if (this.#running || this.#closed) return;
    this.#running = true;
    this.#run().then(
      () => {
        this.#running = false;
        // The peer took more again while the last step ran out.
        if (!this.#closed && this.#owner.writable) this.resume();
      },
      (error: unknown) => {
        this.close();
        this.#owner.failed(error);
      },
    );
  }

  /** The owner hears nothing after it returns. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  async #run(): Promise<void> {
    while (!this.#closed && this.#owner.writable) {
      const { trail } = this.#stream;
      if (trail !== undefined) {
        if (trail.log !== this.#log) {
          this.#expire({ type: 'expired', reason: 'recreated', oldest: undefined });
          return;
        }
        this.#extend(trail);
        if (this.#takeFromRings(trail)) {
          this.#stream.metrics.countReplayStep('ring');
          await this.#untilNextTurn();
          continue;
        }
        if (this.#isAtHead(trail)) {
          this.close();
          this.#owner.caughtUp(this.position());
          return;
        }
      }
      await this.#readHistory(trail);
    }
  }

  /** Partitions that were added while it read are new to it from where the tail began to read them. */
  #extend(trail: Trail): void {
    for (let partition = this.#positions.length; partition < trail.partitionCount; partition += 1) {
      this.#positions.push(trail.origin(partition));
    }
  }

  /** True when anything was there: events, or places without events. */
  #takeFromRings(trail: Trail): boolean {
    const events: ReadEvent[] = [];
    const moves: (readonly [partition: number, reached: PartitionPosition])[] = [];
    let room = STEP_BYTES;
    for (const partition of this.#partitionsInTurn()) {
      const ring = trail.find(partition);
      const position = this.#position(partition);
      if (ring === undefined || room <= 0) continue;
      if (!ring.contains(position) || comparePositions(position, ring.head) >= 0) continue;
      const entries = ring.after(position, room);
      for (const { event, after, bytes } of entries) {
        events.push({ event, partition, after });
        room -= bytes;
      }
      // With room left, that was all: the head may lie behind the last event, where the tail stepped over something.
      moves.push([partition, room > 0 ? ring.head : (entries.at(-1)?.after ?? ring.head)]);
    }
    this.#hand(events, undefined);
    for (const [partition, reached] of moves) this.#positions[partition] = reached;
    this.#turn += 1;
    return moves.length > 0;
  }

  #isAtHead(trail: Trail): boolean {
    return this.#positions.every((position, partition) => {
      const ring = trail.find(partition);
      return ring !== undefined && comparePositions(position, ring.head) === 0;
    });
  }

  async #readHistory(trail: Trail | undefined): Promise<void> {
    const partition = this.#partitionsInTurn().find(
      (candidate) => trail?.find(candidate)?.contains(this.#position(candidate)) !== true,
    );
    // The log was read further than the tail has come; it arrives in a moment.
    if (partition === undefined) return this.#pause(AHEAD_MS);
    this.#turn = partition + 1;
    const before = this.#position(partition);
    const known = this.#stream.reads.known(partition, this.#log, before);
    this.#stream.metrics.countReplayStep(known === undefined ? 'log' : 'shared');
    const result = await (known ?? this.#readInPlace(partition, before));
    // Many readers of one socket may have waited for the same chunk: the first of them can have filled it. It is read again later.
    if (this.#closed || result === undefined || !this.#owner.writable) return;
    switch (result.type) {
      case 'chunk':
        this.#handChunk(partition, result);
        // Nothing yet where the tail does not stand either: the tail comes, or the log grows.
        if (result.atEnd && comparePositions(before, result.next) >= 0) await this.#pause(RETRY_MS);
        return;
      case 'expired':
        this.#expire(result);
        return;
      case 'unavailable':
        await this.#pause(RETRY_MS);
        return;
      default:
        throw result satisfies never;
    }
  }

  /** Undefined when the reader was closed before a place was free. */
  async #readInPlace(partition: number, position: PartitionPosition): Promise<HistoryRead | undefined> {
    const { reads, slots } = this.#stream;
    const granted = await slots.place((cancel) => {
      this.#wake = cancel;
    });
    if (!granted) return undefined;
    try {
      return this.#closed ? undefined : await reads.read(partition, this.#log, position);
    } finally {
      slots.release();
    }
  }

  #handChunk(partition: number, chunk: ReplayChunk): void {
    const position = this.#position(partition);
    const events = chunk
      .events(this.#owner.instance, position)
      .map(({ event, after }): ReadEvent => ({ event, partition, after }));
    // Read from its start, by a reader of one partition, it becomes the same for all of a group.
    const alike = this.#positions.length === 1 && comparePositions(position, chunk.start) === 0;
    this.#hand(events, alike ? chunk.batches : undefined);
    if (comparePositions(position, chunk.next) < 0) this.#positions[partition] = chunk.next;
  }

  #hand(events: readonly ReadEvent[], shared: Map<Group, PayloadBatch> | undefined): void {
    if (events.length === 0) return;
    this.timestamp = events.at(-1)?.event.timestamp;
    this.#owner.events(events, this.position(), shared);
  }

  #expire(expired: Expired): void {
    this.close();
    this.#owner.expired(expired);
  }

  #position(partition: number): PartitionPosition {
    const position = this.#positions[partition];
    if (position === undefined) throw new Error(`The reader has no partition ${partition}.`);
    return position;
  }

  #partitionsInTurn(): number[] {
    const count = this.#positions.length;
    return this.#positions.map((_, index) => (this.#turn + index) % count);
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#stream.clock.after(milliseconds, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }

  #untilNextTurn(): Promise<void> {
    return new Promise((resolve) => this.#stream.nextTurn(resolve));
  }
}
