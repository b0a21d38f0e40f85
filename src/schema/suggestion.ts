import { didYouMean } from '../text/did-you-mean.ts';

/** `Did you mean "x"? ` or nothing, to begin a fix with. */
export function suggestion(text: string, options: Iterable<string>): string {
  const found = didYouMean(text, options);
  return found === undefined ? '' : `Did you mean "${found}"? `;
}
