/** Bounds on one request, checked before anything is executed (attacks A23 to A27). */
export interface OperationLimits {
  /** Lexical tokens of a document. Default 2,000. */
  readonly maxTokens: number;
  /** Nested selection sets, fragments followed. Default 20. */
  readonly maxDepth: number;
  /** Root fields of a query or mutation after merging fragments, so publishes of one request. Default 50. */
  readonly maxRootFields: number;
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

export const DEFAULT_LIMITS: OperationLimits = {
  maxTokens: 2_000,
  maxDepth: 20,
  maxRootFields: 50,
  maxEventBytes: 1_048_576,
  maxBatchEvents: 1_000,
  maxReplayLast: 10_000,
  maxHistoryPage: 1_000,
  maxHistoryScan: 10_000,
  maxHistoryPageBytes: 8_388_608,
};
