import { OperationError } from '../../../src/error/operation-error.ts';
import { silentLogger } from '../../../src/log/logger.ts';
import { GatewayMetrics } from '../../../src/metrics/gateway-metrics.ts';
import { BrokerTroubles } from '../../../src/operation/broker-troubles.ts';
import { HistoryQueries } from '../../../src/operation/history/history-queries.ts';
import type { HistoryPage } from '../../../src/operation/history/page.ts';
import { DEFAULT_LIMITS, type OperationLimits } from '../../../src/operation/limits.ts';
import { CursorScope } from '../../../src/routing/cursor.ts';
import type { StreamPosition } from '../../../src/routing/position.ts';
import type { TopicInstance } from '../../../src/routing/topic.ts';
import type { TopicApi } from '../../../src/schema/gateway-schema.ts';
import { loadSchema } from '../../../src/schema/load-schema.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { brokerOfLog, type ModelLog, type ModelRecord, offsetOf } from './model-log.ts';

export const QUAKES = `
type Quake @topic(name: "quakes.{network}", delivery: DURABLE, wildcard: true) { id: ID!  network: ID!  magnitude: Float! }
`;

export const quakes: TopicApi = (() => {
  const [api] = loadSchema({ file: 'quakes.graphql', text: QUAKES }).topics;
  if (api === undefined) throw new Error('The schema has one topic.');
  return api;
})();

/** The network whose events the tests ask for. */
export const NETWORK: string = 'us';
export const scope: CursorScope = new CursorScope(quakes.topic.name, 'quakes.us' as TopicInstance);

export function quake(id: string, magnitude = 1, network: string = NETWORK): string {
  return JSON.stringify({ id, network, magnitude });
}

/** A page as plain values: ids, and `!` for what cannot be read. */
export interface PlainPage {
  readonly ids: readonly string[];
  readonly cursors: readonly string[];
  readonly startCursor: string | null;
  readonly endCursor: string;
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

export type PageArguments = Readonly<Record<string, unknown>>;

/** Asks for pages of the quakes of {@link NETWORK}, as a history field does. */
export function reader(
  log: ModelLog,
  limits: Partial<OperationLimits> = {},
): (args: PageArguments) => Promise<PlainPage> {
  const metrics = new GatewayMetrics('test');
  metrics.close();
  const bindings = new Map([['DURABLE' as const, brokerOfLog(log)]]);
  const queries = new HistoryQueries({
    bindings,
    historyOf: (broker) => broker.history,
    metrics,
    troubles: new BrokerTroubles({ log: silentLogger, clock: new ManualClock() }),
    limits: { ...DEFAULT_LIMITS, ...limits },
  });
  return async (args) => plain(await queries.page(quakes, { network: NETWORK, ...args }));
}

function plain({ edges, pageInfo }: HistoryPage): PlainPage {
  const endCursor = pageInfo.endCursor();
  if (endCursor === null) throw new Error('A page has an end.');
  return {
    ids: edges.map(({ node }) => (node instanceof OperationError ? '!' : String(node['id']))),
    cursors: edges.map(({ cursor }) => cursor()),
    startCursor: pageInfo.startCursor(),
    endCursor,
    hasNextPage: pageInfo.hasNextPage,
    hasPreviousPage: pageInfo.hasPreviousPage,
  };
}

/** What a page may show of a record: its id, `!`, or nothing. */
export function idOf({ value }: ModelRecord, least = 0): string | undefined {
  if (value === null) return undefined;
  if (!value.startsWith('{')) return '!';
  const { id, network, magnitude } = JSON.parse(value) as { id: string; network: string; magnitude: number };
  return network === NETWORK && magnitude >= least ? id : undefined;
}

/** Everything behind a cursor, by partition, as a subscription that begins there reads it. */
export async function readOn(log: ModelLog, cursor: string, least = 0): Promise<string[][]> {
  const decoded: StreamPosition | undefined = scope.decode(cursor);
  if (decoded === undefined) throw new Error(`${cursor} is no cursor of the topic.`);
  const resumed = await log.resume(brokerOfLog(log).stream(quakes.topic, undefined), decoded);
  if (resumed.type !== 'valid') throw new Error(`The cursor cannot be resumed from: ${resumed.type}.`);
  return log.partitions.map((records, partition) =>
    records
      .filter(({ offset }) => offset >= offsetOf(resumed.position.partitions[partition]))
      .flatMap((record) => idOf(record, least) ?? []),
  );
}
