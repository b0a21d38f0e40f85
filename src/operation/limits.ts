import { LOOPBACK_LIMITS } from '../config/limit-options.ts';

/** Bounds on one request, checked before anything is executed (attacks A23 to A31). The defaults are those of the settings. */
export interface OperationLimits {
  /** A24: lexical tokens of a document. Default 2,000. */
  readonly maxTokens: number;
  /** A24: brackets open at once in a document, so that no recursion over it runs out of stack. Default 200. */
  readonly maxNesting: number;
  /** Nested selection sets, fragments followed. Default 20. */
  readonly maxDepth: number;
  /** A27: fields of an operation, those of a fragment at each of its spreads. Default 500. */
  readonly maxFields: number;
  /** A27: see `fieldMerges`. Default 5,000. */
  readonly maxFieldMerges: number;
  /** Fields with an alias, counted like `maxFields`. Default 100. */
  readonly maxAliases: number;
  /** Root fields of an operation, so publishes of one request. Default 50. */
  readonly maxRootFields: number;
  /** A25: directives of a document. Default 100. */
  readonly maxDirectives: number;
  /** Cost of an operation, see `SelectionMeasure.complexity`. Default 100,000. */
  readonly maxComplexity: number;
  /** JSON text of one event to publish, in bytes. Default 1 MiB; the broker may allow less. */
  readonly maxEventBytes: number;
  /** Events of one batch. Default 1,000. */
  readonly maxBatchEvents: number;
  /** Newest events that a subscription may begin with. Default 10,000. */
  readonly maxReplayLast: number;
  /** Events of one page of history. Default 1,000; a page has 100 where nothing is said. */
  readonly maxHistoryPage: number;
  /** Records that one page of history looks at, over all partitions; then it ends, short, and says that there is more. Default 10,000. */
  readonly maxHistoryScan: number;
  /** Stored bytes of the events of one page; the event that passes it is the last one of its page. Default 8 MiB. */
  readonly maxHistoryPageBytes: number;
}

export const DEFAULT_LIMITS: OperationLimits = LOOPBACK_LIMITS;
