import { type LimitSettings, LOOPBACK_LIMITS } from '../config/limit-options.ts';

/** Bounds on one request, checked before anything is executed (attacks A23 to A31). The settings, which have the defaults, tell each. */
export type OperationLimits = Pick<
  LimitSettings,
  | 'maxTokens'
  | 'maxNesting'
  | 'maxDepth'
  | 'maxFields'
  | 'maxFieldMerges'
  | 'maxAliases'
  | 'maxRootFields'
  | 'maxDirectives'
  | 'maxComplexity'
  | 'maxEventBytes'
  | 'maxBatchEvents'
  | 'maxReplayLast'
  | 'maxHistoryPage'
  | 'maxHistoryScan'
  | 'maxHistoryPageBytes'
>;

export const DEFAULT_LIMITS: OperationLimits = LOOPBACK_LIMITS;
