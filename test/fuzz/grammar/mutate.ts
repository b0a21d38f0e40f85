import type { Random } from '../../support/random.ts';

const INSERTED = [
  '{',
  '}',
  '[',
  ']',
  '(',
  ')',
  '"',
  "'",
  ',',
  ':',
  '\\',
  '$',
  '@',
  '!',
  '|',
  '&',
  '...',
  '#',
  '"""',
  '\u0000',
  '\n',
  '\r\n',
  '\ufeff',
  'é',
  '😀',
  '\ud800',
  '\\ud800',
  '\\u0000',
  '-',
  '0',
  '1e400',
  '9'.repeat(30),
  'null',
  '__proto__',
  ' '.repeat(50),
];
const TOKEN = /[A-Za-z_]\w*|"[^"]*"|-?\d+(?:\.\d+)?|\.\.\.|\S/g;

/** The text with one to three accidents: characters lost, doubled, moved, put in, or the end cut off. */
export function mutateText(random: Random, text: string): string {
  let mutated = text;
  for (let left = 1 + random.below(3); left > 0; left -= 1) mutated = oneAccident(random, mutated);
  return mutated;
}

function oneAccident(random: Random, text: string): string {
  const at = random.below(text.length + 1);
  const length = random.below(8);
  switch (random.below(5)) {
    case 0:
      return text.slice(0, at) + text.slice(at + length);
    case 1:
      return text.slice(0, at) + text.slice(at, at + length) + text.slice(at);
    case 2:
      return text.slice(0, at) + random.pick(INSERTED) + text.slice(at);
    case 3:
      return text.slice(0, at);
    default:
      return text.slice(at, at + length) + text.slice(0, at) + text.slice(at + length);
  }
}

/** GraphQL or JSON with some of its tokens swapped, doubled, dropped, or taken from `others`. */
export function mutateTokens(random: Random, text: string, others: readonly string[]): string {
  const tokens = text.match(TOKEN) ?? [];
  for (let left = 1 + random.below(4); left > 0 && tokens.length > 0; left -= 1) {
    const at = random.below(tokens.length);
    const other = random.below(tokens.length);
    const [a, b] = [tokens[at] ?? '', tokens[other] ?? ''];
    switch (random.below(4)) {
      case 0:
        tokens[at] = b;
        tokens[other] = a;
        break;
      case 1:
        tokens.splice(at, 0, b);
        break;
      case 2:
        tokens.splice(at, 1);
        break;
      default:
        tokens[at] = random.pick(others);
    }
  }
  return tokens.join(' ');
}
