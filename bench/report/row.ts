/** One line of the table. Several values, such as p50, p99 and p999, stand in one line in this order. */
export interface Row {
  readonly measure: string;
  /** Of all values. */
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  /** Of the first values; empty when there is none. */
  readonly goal: readonly number[];
  /** The least that Sluice's first value should be of the peer's, as a factor in its favour. */
  readonly goalRatio?: number;
  /** Undefined: not measured. Text: why there is no number. */
  readonly sluice: readonly number[] | string | undefined;
  /** graphql-ws with graphql-redis-subscriptions, in the same run; undefined where it has nothing to compare. */
  readonly peer: readonly number[] | string | undefined;
  readonly note?: string;
  /** It stands in README.md, too. */
  readonly headline?: true;
}

/** By what factor Sluice is better in the first value; undefined when one of them has none. */
export function ratioOf({ sluice, peer, better }: Row): number | undefined {
  if (!Array.isArray(sluice) || !Array.isArray(peer)) return undefined;
  const [ours, theirs] = [Number(sluice[0]), Number(peer[0])];
  const ratio = better === 'higher' ? ours / theirs : theirs / ours;
  return Number.isFinite(ratio) ? ratio : undefined;
}

/** Whether the goals are reached; undefined when there is no goal or no value. */
export function isMet(row: Row): boolean | undefined {
  const { sluice, goal, goalRatio, better } = row;
  if (goal.length === 0 && goalRatio === undefined) return undefined;
  if (!Array.isArray(sluice)) return sluice === undefined ? undefined : false;
  const values: readonly number[] = sluice;
  const reached = goal.every((limit, index) => {
    const value = values[index] ?? Number.NaN;
    return better === 'higher' ? value >= limit : value <= limit;
  });
  const ratio = ratioOf(row);
  return reached && (goalRatio === undefined || ratio === undefined || ratio >= goalRatio);
}
