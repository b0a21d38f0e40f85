// What one TypeScript file imports, and where it reads the process's settings. Types and values count alike.

import { type Token, tokenize } from './typescript-tokens.ts';

export interface Import {
  /** Undefined when it is computed. */
  readonly specifier: string | undefined;
  readonly line: number;
  /** The words between `import` and `from`. */
  readonly names: readonly string[];
}

/** Every `import` and `export … from`, `import()` also as a type, `require()`, and `new URL('./worker.ts', import.meta.url)`. */
export function readImports(source: string): Import[] {
  const tokens = tokenize(source);
  const imports: Import[] = [];
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== 'word' || tokens[at - 1]?.text === '.') continue;
    const next = tokens[at + 1];
    if (token.text === 'import' && next?.kind === 'string')
      imports.push({ specifier: next.text, line: token.line, names: [] });
    else if ((token.text === 'import' || token.text === 'require') && next?.text === '(')
      imports.push(called(tokens, at, token));
    else if (token.text === 'import' && next?.text !== '.') imports.push(...declared(tokens, at, token));
    else if (token.text === 'export' && isReExport(tokens, at)) imports.push(...declared(tokens, at, token));
    else if (token.text === 'URL') imports.push(...moduleUrl(tokens, at, token));
  }
  return imports;
}

/** The lines that read the process's arguments or environment. */
export function readProcessUses(source: string): number[] {
  const tokens = tokenize(source);
  const isUse = (token: Token, at: number): boolean => {
    if (token.kind !== 'word' || token.text !== 'process' || tokens[at - 1]?.text === '.') return false;
    if (isDestructured(tokens, at)) return true;
    const member = tokens.slice(at + 1, at + 4).find((after) => !['.', '?', '['].includes(after.text));
    return member?.text === 'env' || member?.text === 'argv';
  };
  return tokens.filter(isUse).map((token) => token.line);
}

/** `const { env } = process`. */
function isDestructured(tokens: readonly Token[], at: number): boolean {
  if (tokens[at - 1]?.text !== '=' || tokens[at - 2]?.text !== '}') return false;
  const open = tokens.findLastIndex((token, index) => index < at && token.text === '{');
  return tokens.slice(open, at).some((token) => token.text === 'env' || token.text === 'argv');
}

function called(tokens: readonly Token[], at: number, { line }: Token): Import {
  const argument = tokens[at + 2];
  const after = tokens[at + 3]?.text;
  const isLiteral = argument?.kind === 'string' && (after === ')' || after === ',');
  return { specifier: isLiteral ? argument.text : undefined, line, names: [] };
}

function declared(tokens: readonly Token[], at: number, { line }: Token): Import[] {
  const from = tokens.findIndex(
    (token, index) => index > at && token.text === 'from' && tokens[index + 1]?.kind === 'string',
  );
  const specifier = tokens[from + 1];
  if (from === -1 || specifier === undefined) return [];
  const names = tokens.slice(at + 1, from).filter((token) => token.kind === 'word');
  return [{ specifier: specifier.text, line, names: names.map((token) => token.text) }];
}

function isReExport(tokens: readonly Token[], at: number): boolean {
  const start = tokens[at + 1]?.text === 'type' ? at + 2 : at + 1;
  if (tokens[start]?.text === '*') return true;
  if (tokens[start]?.text !== '{') return false;
  const close = tokens.findIndex((token, index) => index > start && token.text === '}');
  return tokens[close + 1]?.text === 'from';
}

function moduleUrl(tokens: readonly Token[], at: number, { line }: Token): Import[] {
  const [open, argument, comma, base] = tokens.slice(at + 1, at + 5);
  if (open?.text !== '(' || argument?.kind !== 'string' || comma?.text !== ',' || base?.text !== 'import') return [];
  return /\.[cm]?[jt]s$/.test(argument.text) ? [{ specifier: argument.text, line, names: [] }] : [];
}
