export type OperationKind = 'query' | 'mutation' | 'subscription';

interface Definition {
  readonly kind: OperationKind;
  readonly name: string | undefined;
}

const TOKEN = /"""(?:\\"""|[\s\S])*?"""|"(?:\\.|[^"\\\n\r])*"|#[^\n\r]*|[_A-Za-z][_0-9A-Za-z]*|[\s\S]/g;
const NAME = /^[_A-Za-z]/;
const KINDS: ReadonlySet<string> = new Set<OperationKind>(['query', 'mutation', 'subscription']);

/**
 * What the operation of a request is. It reads only as much of the document as that takes, so that the client needs no
 * GraphQL parser. Undefined when the document does not say which of its operations is meant: the server will refuse it.
 */
export function operationKind(query: string, operationName: string | null | undefined): OperationKind | undefined {
  const definitions = readDefinitions(query);
  if (operationName) return definitions.find(({ name }) => name === operationName)?.kind;
  return definitions.length === 1 ? definitions[0]?.kind : undefined;
}

/** The operations of a document, without its fragments. */
function readDefinitions(query: string): Definition[] {
  const definitions: Definition[] = [];
  const tokens = (query.match(TOKEN) ?? []).filter((token) => !/^[\s,#\ufeff]/.test(token));
  let depth = 0;
  // Between definitions the next word, or a bare `{`, starts one.
  let between = true;
  for (const [at, token] of tokens.entries()) {
    if (depth === 0 && between) {
      if (token === '{') definitions.push({ kind: 'query', name: undefined });
      else if (KINDS.has(token)) definitions.push({ kind: token as OperationKind, name: nameAt(tokens, at + 1) });
      between = false;
    }
    if (token === '{' || token === '(' || token === '[') depth += 1;
    if (token === '}' || token === ')' || token === ']') depth -= 1;
    // A brace inside an argument closes at a depth above 0.
    if (token === '}' && depth === 0) between = true;
  }
  return definitions;
}

function nameAt(tokens: readonly string[], at: number): string | undefined {
  const token = tokens[at];
  return token !== undefined && NAME.test(token) ? token : undefined;
}
