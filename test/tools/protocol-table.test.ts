import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PROTOCOL } from '../../tools/protocol-rules.ts';
import { namedTests, protocolReference, tableProblems, testsOf } from '../../tools/protocol-table.ts';

const page = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const SECTIONS = [{ title: 'One', rules: [{ number: 9, sentence: 'An id is free or taken.' }] }];

describe('the table of the protocol', () => {
  const tests = testsOf(page('test'));

  test('every rule has a test whose name begins with its number, and no test names another', () => {
    assert.deepEqual(tableProblems(PROTOCOL, tests), []);
  });

  test('docs/protocol.md says what the tests say; node tools/protocol-table.ts writes it', () => {
    assert.equal(readFileSync(page('docs/protocol.md'), 'utf8'), protocolReference(PROTOCOL, tests));
  });

  test('it has the rules P1 to P36, P40 to P51, P60 to P71, P80 to P87 and P90 to P100, in order', () => {
    const numbers = PROTOCOL.flatMap(({ rules }) => rules.map(({ number }) => number));
    const ranges = [
      [1, 36],
      [40, 51],
      [60, 71],
      [80, 87],
      [90, 100],
    ] as const;
    const expected = ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, n) => first + n));
    assert.deepEqual(numbers, expected);
  });
});

describe('reading the names of tests', () => {
  test('a name begins with one number or several; others than those of the protocol are left out', () => {
    const source = `
      test('P9: a rule', () => {});
      it("P10, A6, P11: it's another", () => {});
      it(\`P12: with \${what({ a: 1 })} in it\`, () => {});
      const rows = [['P13: of a row', 1]];
      test('A21: of another list', () => {});
      test('about P14: no', () => {});
    `;
    assert.deepEqual(namedTests('x.test.ts', source), [
      { file: 'x.test.ts', name: 'a rule', rules: ['P9'] },
      { file: 'x.test.ts', name: "it's another", rules: ['P10', 'P11'] },
      { file: 'x.test.ts', name: 'with … in it', rules: ['P12'] },
      { file: 'x.test.ts', name: 'of a row', rules: ['P13'] },
    ]);
  });

  test('a rule without a test, a test of a withdrawn rule and a number that is no rule are told', () => {
    const named = (...rules: string[]) => [{ file: 'x.test.ts', name: 'a rule', rules }];
    assert.deepEqual(tableProblems(SECTIONS, named('P9')), []);
    assert.match(tableProblems(SECTIONS, []).join(), /^P9 has no test: "An id is free or taken\."/);
    assert.match(tableProblems(SECTIONS, named('P9', 'P37')).join(), /^x\.test\.ts names P37, which is no rule/);
    const withdrawn = [{ title: 'One', rules: [{ number: 9, sentence: 'No more.', withdrawn: true as const }] }];
    assert.deepEqual(tableProblems(withdrawn, []), []);
    assert.match(tableProblems(withdrawn, named('P9')).join(), /^P9 is withdrawn, and a test of x\.test\.ts names it/);
  });

  test('a row links its tests by file, and what a table would take for its own is escaped', () => {
    const tests = namedTests('a/x.test.ts', "test('P9: <a> | b', 1); test('P9: c', 1);");
    assert.match(
      protocolReference(SECTIONS, tests),
      /^\| P9 \| An id is free or taken\. \| \[a\/x\.test\.ts\]\(\.\.\/test\/a\/x\.test\.ts\): &#60;a&#62; &#124; b; c \|$/m,
    );
  });
});
