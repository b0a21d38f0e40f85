import type { Row } from './row.ts';

/** A number as people read it: three digits that count, thousands parted. */
export function inDigits(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString('en');
  return value.toFixed(size >= 10 ? 1 : 2);
}

/** The values of a cell; a dash for what was not measured. */
export function cell(values: Row['sluice']): string {
  if (values === undefined) return '–';
  return typeof values === 'string' ? values : values.map(inDigits).join(' / ');
}

/** `≥ 1,500,000, ≥ 40 × the peer`; empty without a goal. */
export function goalText({ goal, goalRatio, better }: Row): string {
  const sign = better === 'higher' ? '≥' : '≤';
  const limits = goal.length === 0 ? [] : [`${sign} ${goal.map(inGoalDigits).join(' / ')}`];
  if (goalRatio !== undefined) limits.push(`≥ ${goalRatio} × the peer`);
  return limits.join(', ');
}

function inGoalDigits(value: number): string {
  return value.toLocaleString('en');
}
