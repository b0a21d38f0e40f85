import { OperationError } from '../../error/operation-error.ts';
import { comparePositions, type PartitionPosition, type StreamPosition } from '../../routing/position.ts';
import type { HistoryRequest } from './request.ts';
import { answered, HistoryExpired, type HistorySource } from './source.ts';

/** The part of a log that a page is taken from. */
export interface Bounds {
  readonly log: string;
  /** Nothing before it; undefined: from the start of what is kept (backward pages only). By partition. */
  readonly lower: readonly PartitionPosition[] | undefined;
  /** Nothing after it; undefined: up to the end (forward pages only). By partition. */
  readonly upper: readonly PartitionPosition[] | undefined;
  /**
   * Where the client's `before` stands: right after the record of an edge, which is not in the page itself. Only on a log of one
   * partition.
   */
  readonly before: PartitionPosition | undefined;
}

/**
 * Finds the bounds of a page. Times are places too: `since` begins, and `until` ends, each partition at the first record that its
 * broker's index says is not older. So ranges that touch hold every record once, whatever the order of timestamps within them, and
 * `from: { time }` of a subscription goes on where `until` ended.
 */
export async function locateBounds(source: HistorySource, request: HistoryRequest): Promise<Bounds> {
  const { direction } = request;
  const [after, before, since, until] = await Promise.all([
    cursorPlace(source, request.after),
    cursorPlace(source, request.before),
    timePlace(source, request.since),
    timePlace(source, request.until),
  ]);
  const lowest = direction === 'forward' && after === undefined && since === undefined;
  const highest = direction === 'backward' && before === undefined && until === undefined;
  const lower = combine([after, since, lowest ? await edgePlace(source, 'earliest') : undefined], later);
  const upper = combine([before, until, highest ? await edgePlace(source, 'latest') : undefined], earlier);
  const [known] = [lower, upper].filter((place) => place !== undefined);
  if (known === undefined) throw new Error('A page of history has a bound on the side it is read from.');
  checkSameLog(lower, upper);
  refuseSeveral(request, known.partitions.length);
  return {
    log: known.log,
    lower: lower?.partitions,
    upper: upper?.partitions,
    before: before?.partitions[0],
  };
}

/** Several partitions have no one order, so that there is no way back through it; the newest events can be found all the same. */
function refuseSeveral({ direction, after, before }: HistoryRequest, partitions: number): void {
  if (partitions === 1) return;
  const wrong =
    before !== undefined ? '`before`' : direction === 'backward' && after !== undefined ? '`last` with `after`' : '';
  if (wrong === '') return;
  throw new OperationError(
    'BAD_USER_INPUT',
    `${wrong} needs a topic with one partition; this one has ${partitions}, and their events have no one order to go back in. ` +
      'Page forwards with first and after, or ask for the newest with last alone; since and until may be added to both.',
  );
}

/** A cursor that is none of this topic and these parameters is refused together with the oldest place, as on a subscription (P93). */
async function cursorPlace(source: HistorySource, cursor: string | undefined): Promise<StreamPosition | undefined> {
  if (cursor === undefined) return undefined;
  const position = source.scope.decode(cursor);
  if (position !== undefined) return answered(await source.history.resume(source.stream, position)).position;
  const oldest = await source.history.locate(source.stream, { type: 'earliest' });
  throw new HistoryExpired({
    type: 'expired',
    reason: 'invalid',
    oldest: oldest.type === 'located' ? oldest.position : undefined,
  });
}

async function timePlace(source: HistorySource, time: number | undefined): Promise<StreamPosition | undefined> {
  if (time === undefined) return undefined;
  return answered(await source.history.locate(source.stream, { type: 'time', time })).position;
}

async function edgePlace(source: HistorySource, type: 'earliest' | 'latest'): Promise<StreamPosition> {
  return answered(await source.history.locate(source.stream, { type })).position;
}

/** Partition by partition. One that only some know was added in between; what they say of it counts. */
function combine(
  places: readonly (StreamPosition | undefined)[],
  choose: (a: PartitionPosition, b: PartitionPosition) => PartitionPosition,
): StreamPosition | undefined {
  return places.reduce((a, b) => {
    if (a === undefined || b === undefined) return a ?? b;
    checkSameLog(a, b);
    const [longer, shorter] = a.partitions.length < b.partitions.length ? [b, a] : [a, b];
    const partitions = longer.partitions.map((one, index) => {
      const other = shorter.partitions[index];
      return other === undefined ? one : choose(one, other);
    });
    return { log: a.log, partitions };
  });
}

function later(a: PartitionPosition, b: PartitionPosition): PartitionPosition {
  return comparePositions(a, b) < 0 ? b : a;
}

function earlier(a: PartitionPosition, b: PartitionPosition): PartitionPosition {
  return comparePositions(a, b) > 0 ? b : a;
}

/** The log can be made anew between two questions. */
function checkSameLog(a: StreamPosition | undefined, b: StreamPosition | undefined): void {
  if (a === undefined || b === undefined || a.log === b.log) return;
  throw new HistoryExpired({ type: 'expired', reason: 'recreated', oldest: undefined });
}
