// Writes docs/protocol.md: every rule of the protocol and the tests whose names begin with its number: `node tools/protocol-table.ts`.
// A test compares the page with this text. A rule without a test is an error.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROTOCOL, type ProtocolSection } from './protocol-rules.ts';

/** A test whose name begins with rule numbers. */
export interface NamedTest {
  /** From the folder of the tests, with `/`. */
  readonly file: string;
  /** Without the numbers, and with `…` for what is filled in when it runs. */
  readonly name: string;
  /** As in P9: `P9`. Of the numbers that it begins with, those of the protocol. */
  readonly rules: readonly string[];
}

/** A text that begins with rule numbers: the name of a test, or of a row from which names are made. */
const NAME = /(?<quote>['"`])(?<rules>[A-Z]\d+(?:, [A-Z]\d+)*): (?<name>(?:\\.|(?!\k<quote>)[^\\\n])*)\k<quote>/g;

/** The tests of one source file that name rules of the protocol, in their order. */
export function namedTests(file: string, source: string): NamedTest[] {
  return [...source.matchAll(NAME)].flatMap(({ groups }) => {
    const rules = (groups?.['rules'] ?? '').split(', ').filter((rule) => rule.startsWith('P'));
    const name = (groups?.['name'] ?? '').replace(/\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/g, '…').replace(/\\(.)/g, '$1');
    return rules.length === 0 ? [] : [{ file, name, rules }];
  });
}

/** What keeps the table from being true, one line each; none when every rule that holds has a test and nothing else is named. */
export function tableProblems(sections: readonly ProtocolSection[], tests: readonly NamedTest[]): string[] {
  const named = new Map<string, NamedTest>();
  for (const test of tests) for (const rule of test.rules) named.set(rule, test);
  const problems: string[] = [];
  for (const { number, sentence, withdrawn } of sections.flatMap(({ rules }) => rules)) {
    const test = named.get(`P${number}`);
    named.delete(`P${number}`);
    if (withdrawn !== true && test === undefined) {
      problems.push(`P${number} has no test: "${sentence}" Name one that proves it "P${number}: …".`);
    }
    if (withdrawn === true && test !== undefined) {
      problems.push(`P${number} is withdrawn, and a test of ${test.file} names it.`);
    }
  }
  for (const [rule, { file }] of named) problems.push(`${file} names ${rule}, which is no rule of the protocol.`);
  return problems;
}

/** Text of docs/protocol.md. */
export function protocolReference(sections: readonly ProtocolSection[], tests: readonly NamedTest[]): string {
  const parts = sections.map(({ title, rules }) => {
    const rows = rules.map(({ number, sentence }) => `| P${number} | ${sentence} | ${proofs(`P${number}`, tests)} |`);
    return `## ${title}\n\n| rule | | tests that begin with it |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `<!-- Written by tools/protocol-table.ts from the names of the tests; the sentences are in tools/protocol-rules.ts. -->
# The protocol, rule by rule

One GraphQL protocol over WebSocket, event streams and HTTP. Every rule has a number, and at least one test whose name begins with it;
\`npm test\` fails on a rule without one. How clients use it: [sse.md](sse.md), [client.md](client.md), [errors.md](errors.md).

${parts.join('\n')}`;
}

/** All sources below a folder, read. */
export function testsOf(folder: string): NamedTest[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && path !== 'tools/protocol-table.test.ts')
    .sort()
    .flatMap((path) => namedTests(path, readFileSync(join(folder, path), 'utf8')));
}

function proofs(rule: string, tests: readonly NamedTest[]): string {
  const byFile = Map.groupBy(
    tests.filter(({ rules }) => rules.includes(rule)),
    ({ file }) => file,
  );
  return [...byFile]
    .map(([file, found]) => `[${file}](../test/${file}): ${found.map(({ name }) => escaped(name)).join('; ')}`)
    .join('<br>');
}

function escaped(text: string): string {
  return text.replace(/[&<>|`*_[\]\\]/g, (character) => `&#${character.codePointAt(0)};`);
}

if (import.meta.main) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const tests = testsOf(join(root, 'test'));
  const problems = tableProblems(PROTOCOL, tests);
  if (problems.length > 0) {
    console.error(problems.join('\n'));
    process.exit(1);
  }
  writeFileSync(join(root, 'docs', 'protocol.md'), protocolReference(PROTOCOL, tests));
}
