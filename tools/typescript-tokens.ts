// The tokens of TypeScript, as far as the import check needs them: comments, strings, templates and regular expressions are told
// apart, so that an `import` inside a text is not taken for one.

export interface Token {
  readonly kind: 'word' | 'string' | 'other';
  /** Of a string, what is between its quotes. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

const TOKEN =
  /(?<blank>\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<string>'(?:\\[\s\S]|[^'\\\n])*'|"(?:\\[\s\S]|[^"\\\n])*")|(?<word>[\p{ID_Start}_$][\p{ID_Continue}$]*)|(?<number>\d[\w.]*)/uy;
const REGULAR_EXPRESSION = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/uy;
const TEMPLATE_TEXT = /(?:\\[\s\S]|\$(?!\{)|[^`\\$])*/uy;
/** After one of these words a slash begins a regular expression; after any other it divides. */
const BEFORE_EXPRESSION = new Set('return typeof case in of delete void throw new else do await yield'.split(' '));

export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  /** For every open brace: is it in a template, whose text goes on after it? */
  const braces: boolean[] = [];
  let at = 0;
  let line = 1;
  const skip = (length: number): void => {
    line += source.slice(at, at + length).split('\n').length - 1;
    at += length;
  };
  const take = (kind: Token['kind'], text: string, length: number): void => {
    tokens.push({ kind, text, line });
    skip(length);
  };
  const takeTemplateText = (): void => {
    take('other', 'template', match(TEMPLATE_TEXT, source, at)?.[0].length ?? 0);
    braces.push(source.startsWith('${', at));
    skip(braces.at(-1) ? 2 : 1);
    if (!braces.at(-1)) braces.pop();
  };

  while (at < source.length) {
    const simple = match(TOKEN, source, at);
    const character = source.charAt(at);
    const expression =
      character === '/' && startsExpression(tokens.at(-1)) ? match(REGULAR_EXPRESSION, source, at) : null;
    if (simple?.groups?.['blank'] !== undefined) skip(simple[0].length);
    else if (simple?.groups?.['string'] !== undefined) take('string', simple[0].slice(1, -1), simple[0].length);
    else if (simple !== null)
      take(simple.groups?.['word'] === undefined ? 'other' : 'word', simple[0], simple[0].length);
    else if (expression !== null) take('other', 'regular expression', expression[0].length);
    else if (character === '`' || (character === '}' && braces.pop() === true)) {
      skip(1);
      takeTemplateText();
    } else {
      if (character === '{') braces.push(false);
      take('other', character, 1);
    }
  }
  return tokens;
}

function match(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}

function startsExpression(before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (before.kind === 'word') return BEFORE_EXPRESSION.has(before.text);
  return before.kind === 'other' && !/^(?:[)\]}]|template|regular expression|\d.*)$/.test(before.text);
}
