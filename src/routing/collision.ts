import type { TopicTemplate } from './template.ts';

/** Where a reader of a template stands: before a token, or inside the value of a parameter. */
type State = { readonly token: number; readonly inside: boolean };

/** One character of a literal, or undefined for a parameter: one or more characters of the escaped alphabet. */
type Token = string | undefined;

const IN_PARAMETER = /^[A-Za-z0-9_@:|=+%-]$/;

function tokens(template: TopicTemplate): Token[] {
  return template.parts.flatMap((part): Token[] => (part.type === 'literal' ? [...part.text] : [undefined]));
}

/** The steps that read one character: what it may be (undefined: any of a parameter's), and where it leads. */
function steps(list: readonly Token[], state: State): { readonly character: Token; readonly to: State }[] {
  const found: { character: Token; to: State }[] = [];
  let token = state.token;
  if (state.inside) {
    found.push({ character: undefined, to: state });
    token += 1;
  }
  if (token < list.length) {
    const character = list[token];
    found.push({
      character,
      to: character === undefined ? { token, inside: true } : { token: token + 1, inside: false },
    });
  }
  return found;
}

function isEnd(list: readonly Token[], state: State): boolean {
  return state.token + (state.inside ? 1 : 0) === list.length;
}

function canBeOne(a: Token, b: Token): boolean {
  if (a === undefined) return b === undefined || IN_PARAMETER.test(b);
  return b === undefined ? IN_PARAMETER.test(a) : a === b;
}

/**
 * Can two templates give the same topic instance? Decided by walking both templates at once over every text they share:
 * a search of at most 4 × their lengths' product. Values longer than a parameter may be (128 bytes) are not told apart.
 */
export function canCollide(a: TopicTemplate, b: TopicTemplate): boolean {
  const left = tokens(a);
  const right = tokens(b);
  const seen = new Set<string>();
  const open: [State, State][] = [
    [
      { token: 0, inside: false },
      { token: 0, inside: false },
    ],
  ];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const [here, there] = pair;
    if (isEnd(left, here) && isEnd(right, there)) return true;
    for (const one of steps(left, here)) {
      for (const other of steps(right, there)) {
        if (!canBeOne(one.character, other.character)) continue;
        const mark = `${one.to.token}${one.to.inside ? '+' : ''},${other.to.token}${other.to.inside ? '+' : ''}`;
        if (seen.has(mark)) continue;
        seen.add(mark);
        open.push([one.to, other.to]);
      }
    }
  }
  return false;
}
