/** Edits (insert, delete, replace) between two texts. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, place) => place);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The option that was probably meant, if one is near. */
export function suggest(text: string, options: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.floor(text.length * 0.4) + 1;
  for (const option of options) {
    const found = distance(text.toLowerCase(), option.toLowerCase());
    if (found <= bestDistance && (best === undefined || found < bestDistance)) {
      best = option;
      bestDistance = found;
    }
  }
  return best;
}

/** `Did you mean "x"? ` or nothing, to begin a fix with. */
export function didYouMean(text: string, options: Iterable<string>): string {
  const found = suggest(text, options);
  return found === undefined ? '' : `Did you mean "${found}"? `;
}
