import type { Option } from './option.ts';
import { wholeNumberType } from './value-type.ts';

/** The limits of the section `limits`, each a whole number. Where 0 means no limit, its row says so. */
export interface LimitSettings {
  /** A24: lexical tokens of a document. */
  readonly maxTokens: number;
  /** A24: brackets open at once in a document, so that no recursion over it runs out of stack. */
  readonly maxNesting: number;
  /** Nested selection sets, fragments followed. */
  readonly maxDepth: number;
  /** A27: fields of an operation, those of a fragment at each of its spreads. */
  readonly maxFields: number;
  /** A27: see `fieldMerges`. */
  readonly maxFieldMerges: number;
  /** Fields with an alias, counted like `maxFields`. */
  readonly maxAliases: number;
  /** Root fields of an operation, so publishes of one request. */
  readonly maxRootFields: number;
  /** A25: directives of a document. */
  readonly maxDirectives: number;
  /** Cost of an operation, see `SelectionMeasure.complexity`. */
  readonly maxComplexity: number;
  /** JSON text of one event to publish, in bytes. The broker may allow less. */
  readonly maxEventBytes: number;
  /** Events of one batch. */
  readonly maxBatchEvents: number;
  /** Newest events that a subscription may begin with. */
  readonly maxReplayLast: number;
  /** Events of one page of history. A page has 100 where nothing is said. */
  readonly maxHistoryPage: number;
  /** Records that one page of history looks at, over all partitions; then it ends, short, and says that there is more. */
  readonly maxHistoryScan: number;
  /** Stored bytes of the events of one page; the event that passes it is the last one of its page. */
  readonly maxHistoryPageBytes: number;
  readonly maxBodyBytes: number;
  readonly maxUrlBytes: number;
  readonly maxMessageBytes: number;
  readonly maxSubscriptions: number;
  readonly maxOperationsInFlight: number;
  readonly maxSocketsPerAddress: number;
  readonly maxConnectionsPerSecond: number;
  readonly maxOperationsPerSecond: number;
  readonly maxOperationsPerAddress: number;
}

export type LimitName = keyof LimitSettings;

export type LimitOptionTable = { readonly [K in LimitName]: Option<number> };

/**
 * Limits on addresses and rates where the host is not loopback. On a loopback host they are 0, no limit, unless they are written:
 * everyone there has one address, and load tests belong there.
 */
export const PUBLIC_LIMITS: Readonly<Pick<LimitSettings, PublicLimit>> = {
  maxSocketsPerAddress: 1_000,
  maxConnectionsPerSecond: 100,
  maxOperationsPerSecond: 100,
  maxOperationsPerAddress: 2_000,
};

export type PublicLimit =
  | 'maxSocketsPerAddress'
  | 'maxConnectionsPerSecond'
  | 'maxOperationsPerSecond'
  | 'maxOperationsPerAddress';

const MEBIBYTE = 1_048_576;

/** The rows of the limits, in the order in which help lists them. */
export const LIMIT_OPTIONS: LimitOptionTable = {
  maxTokens: limit('maxTokens', 2_000, 100_000, 'Lexical tokens of a GraphQL document.'),
  maxNesting: limit('maxNesting', 200, 500, 'Brackets open at once in a document: selections, lists and objects.'),
  maxDepth: limit('maxDepth', 20, 500, 'Selections within selections, fragments followed.'),
  maxFields: limit('maxFields', 500, 1_000_000, 'Fields of an operation, those of a fragment at each of its spreads.'),
  maxFieldMerges: limit(
    'maxFieldMerges',
    5_000,
    1_000_000_000,
    'Pairs of fields of one name in one place, fragments followed, which have to agree.',
  ),
  maxAliases: limit('maxAliases', 100, 1_000_000, 'Fields with an alias, counted like maxFields.'),
  maxRootFields: limit('maxRootFields', 50, 10_000, 'Root fields of an operation, so publishes of one request.'),
  maxDirectives: limit('maxDirectives', 100, 100_000, 'Directives in a document, known or not.'),
  maxComplexity: limit(
    'maxComplexity',
    100_000,
    1_000_000_000,
    'Cost of an operation: each field costs 1, times the length of the lists around it: the page asked for by first or last, else 10.',
  ),
  maxEventBytes: limit('maxEventBytes', MEBIBYTE, 1_073_741_824, 'Bytes of one event to publish, as JSON.'),
  maxBatchEvents: limit('maxBatchEvents', 1_000, 1_000_000, 'Events of one batch.'),
  maxReplayLast: limit('maxReplayLast', 10_000, 1_000_000_000, 'Events that a subscription may ask for by last.'),
  maxHistoryPage: limit('maxHistoryPage', 1_000, 1_000_000, 'Events of one page of history.'),
  maxHistoryScan: limit('maxHistoryScan', 10_000, 1_000_000_000, 'Records that one page of history looks at.'),
  maxHistoryPageBytes: limit('maxHistoryPageBytes', 8 * MEBIBYTE, 1_073_741_824, 'Bytes of the events of one page.'),
  maxBodyBytes: limit('maxBodyBytes', 4 * MEBIBYTE, 1_073_741_824, 'Bytes of the body of an HTTP request.'),
  maxUrlBytes: limit('maxUrlBytes', 2_048, 4_096, 'Bytes of path and query of an HTTP request.'),
  maxMessageBytes: limit('maxMessageBytes', 2 * MEBIBYTE, 536_870_912, 'Bytes of one WebSocket message.'),
  maxSubscriptions: limit('maxSubscriptions', 100, 1_000_000, 'Subscriptions of one WebSocket.'),
  maxOperationsInFlight: limit(
    'maxOperationsInFlight',
    100,
    1_000_000,
    'Queries and mutations that one WebSocket may have running.',
  ),
  maxSocketsPerAddress: publicLimit(
    'maxSocketsPerAddress',
    'WebSockets and event streams of one client address, in each process; 0 is no limit.',
  ),
  maxConnectionsPerSecond: publicLimit(
    'maxConnectionsPerSecond',
    'WebSockets and event streams that one client address may open in a second, in each process; twice as many at once. 0 is no limit.',
  ),
  maxOperationsPerSecond: publicLimit(
    'maxOperationsPerSecond',
    'Operations that one WebSocket may start in a second; twice as many at once. Pings count too. 0 is no limit.',
  ),
  maxOperationsPerAddress: publicLimit(
    'maxOperationsPerAddress',
    'Operations that one client address may start in a second, over all transports, in each process; twice as many at once. 0 is no limit.',
  ),
};

export const LIMIT_NAMES: readonly LimitName[] = Object.keys(LIMIT_OPTIONS) as LimitName[];

/** The limits on a loopback host when none is written. The cast holds because the table has a row for every limit. */
export const LOOPBACK_LIMITS: LimitSettings = Object.fromEntries(
  LIMIT_NAMES.map((name) => [name, Number(LIMIT_OPTIONS[name].fallback ?? 0)]),
) as unknown as LimitSettings;

function limit(key: LimitName, fallback: number, most: number, help: string): Option<number> {
  return { ...row(key, 1, most, help), fallback: String(fallback), fallbackText: String(fallback) };
}

function publicLimit(key: PublicLimit, help: string): Option<number> {
  const fallbackText = `${PUBLIC_LIMITS[key]}; no limit on a loopback host`;
  return { ...row(key, 0, 1_000_000_000, help), fallback: undefined, fallbackText };
}

function row(
  key: LimitName,
  least: number,
  most: number,
  help: string,
): Omit<Option<number>, 'fallback' | 'fallbackText'> {
  const words = key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return {
    name: words,
    variable: `SLUICE_${words.replaceAll('-', '_').toUpperCase()}`,
    path: ['limits', key],
    type: wholeNumberType(least, most),
    help,
  };
}
