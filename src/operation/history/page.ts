import type { CursorScope } from '../../routing/cursor.ts';
import type { PartitionPosition } from '../../routing/position.ts';
import type { StoredEvent } from './stored-events.ts';

/** The GraphQL objects of a page, as root values. Cursors are made when they are asked for. */
export interface HistoryPage {
  readonly edges: readonly HistoryEdge[];
  readonly pageInfo: HistoryPageInfo;
}

export interface HistoryEdge {
  readonly cursor: () => string;
  readonly node: StoredEvent;
}

export interface HistoryPageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: () => string | null;
  readonly endCursor: () => string | null;
}

/** A place on all partitions of a page's log. */
export type Place = readonly PartitionPosition[];

/** An event and the place right after it. */
export interface PlacedEvent {
  readonly node: StoredEvent;
  readonly after: Place;
}

export interface PageParts {
  readonly log: string;
  readonly events: readonly PlacedEvent[];
  /** Undefined: there is no such place. */
  readonly start: Place | undefined;
  readonly end: Place;
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

/** Puts a page together. */
export function historyPage(scope: CursorScope, { log, events, start, end, ...more }: PageParts): HistoryPage {
  const cursorOf = (partitions: Place): string => scope.encode({ log, partitions });
  return {
    edges: events.map(({ node, after }) => ({ node, cursor: () => cursorOf(after) })),
    pageInfo: {
      ...more,
      startCursor: () => (start === undefined ? null : cursorOf(start)),
      endCursor: () => cursorOf(end),
    },
  };
}
