const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** How to write a duration, for messages. */
export const DURATION_HELP = 'a whole number and one of ms, s, m, h, d, w, for example "90s", "1h" or "30d"';

/** Milliseconds of a duration such as `"500ms"`, `"90s"`, `"1h"`, `"30d"`, `"2w"`; undefined when it is not one, or is zero. */
export function parseDuration(text: string): number | undefined {
  const match = /^([0-9]{1,15})(ms|s|m|h|d|w)$/.exec(text);
  const unit = MILLISECONDS[match?.[2] ?? ''];
  if (match === null || unit === undefined) return undefined;
  const milliseconds = Number(match[1]) * unit;
  return milliseconds > 0 && Number.isSafeInteger(milliseconds) ? milliseconds : undefined;
}
