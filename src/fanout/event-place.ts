import type { Cursor, CursorScope } from '../routing/cursor.ts';
import type { PartitionPosition } from '../routing/position.ts';
import type { Trail } from './trail.ts';

/** Where a live record stands in its log. */
export interface Standing {
  readonly trail: Trail;
  /** The index of its partition among the stream's positions. */
  readonly partition: number;
  readonly after: PartitionPosition;
}

/** Where a live event stands, for all groups of one instance: its cursor is encoded for the first that wants it. */
export class EventPlace {
  readonly partition: number;
  readonly after: PartitionPosition;
  readonly #trail: Trail;
  readonly #scope: CursorScope;
  #cursor: Cursor | undefined;

  /** To be made when the trail's head is right behind the event. */
  constructor(scope: CursorScope, { trail, partition, after }: Standing) {
    this.#trail = trail;
    this.#scope = scope;
    this.partition = partition;
    this.after = after;
  }

  /** The position after the event on all partitions (P90). Valid while the event is being offered. */
  get cursor(): Cursor {
    this.#cursor ??= this.#scope.encode(this.#trail.head());
    return this.#cursor;
  }
}
