import type { ValueType } from './value-type.ts';

/**
 * Origins with commas between, each exactly as browsers send it: scheme, host, and port where it is not the scheme's own. `*` and `null`
 * are refused: any page, or any page that hides where it comes from, could act with the cookies of its reader (A1, A5).
 */
export const originListType: ValueType<readonly string[]> = {
  placeholder: 'ORIGIN,…',
  list: true,
  parse(text) {
    const origins = text.split(',').map((entry) => entry.trim());
    const bad = origins.find((entry) => !isOrigin(entry));
    if (bad === undefined) return { type: 'value', value: origins };
    return {
      type: 'invalid',
      message: bad === '' ? 'a list with an empty entry' : 'not a list of origins',
      fix: `Write https://app.example.org, several with commas between, as browsers send them: small letters, no path, no port that is the scheme's own.${
        bad === '*' || bad === 'null' ? ` ${bad} is not allowed: it would let in pages that nobody knows.` : ''
      }`,
    };
  },
};

function isOrigin(text: string): boolean {
  // A name with a wildcard parses, but no origin is equal to it.
  return /^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
