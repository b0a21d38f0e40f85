import type { Random } from '../../support/random.ts';

const KEYS = [
  'a',
  'id',
  'network',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  '',
  'é',
  'length',
  'toJSON',
  'then',
];
const TEXTS = [
  '""',
  '"a"',
  '"us"',
  '"\\ud800"',
  '"\\u0000"',
  '"😀"',
  '"__proto__"',
  `"${'x'.repeat(2000)}"`,
  '"2026-11-20T08:30:00Z"',
];
const NUMBERS = [
  '0',
  '-0',
  '1',
  '-1',
  '1.5',
  '1e-400',
  '2147483648',
  '9007199254740993',
  '123456789012345678901234567890',
  '1e5',
  '0.1',
];

/** JSON text of any value, as a text: members twice, numbers that no double holds, names of the prototype. Now and then very deep. */
export function jsonText(random: Random, depth = 0): string {
  if (depth === 0 && random.chance(0.01)) return deepText(random);
  switch (random.below(depth > 4 ? 4 : 7)) {
    case 0:
      return random.pick(['null', 'true', 'false']);
    case 1:
      // What no double holds is refused, and ends a WebSocket.
      return random.chance(0.02) ? random.pick(['1e400', '-1e400', `1${'0'.repeat(400)}`]) : random.pick(NUMBERS);
    case 2:
    case 3:
      return random.pick(TEXTS);
    case 4:
      return `[${Array.from({ length: random.below(4) }, () => jsonText(random, depth + 1)).join(',')}]`;
    default:
      return `{${Array.from({ length: random.below(4) }, () => `"${random.pick(KEYS)}":${jsonText(random, depth + 1)}`).join(',')}}`;
  }
}

function deepText(random: Random): string {
  const depth = random.pick([100, 499, 501, 5000]);
  return random.chance(0.5) ? '['.repeat(depth) + ']'.repeat(depth) : `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
}
