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
}

export const DEFAULT_LIMITS: OperationLimits = {
  maxTokens: 2_000,
  maxDepth: 20,
  maxRootFields: 50,
  maxEventBytes: 1_048_576,
  maxBatchEvents: 1_000,
};
