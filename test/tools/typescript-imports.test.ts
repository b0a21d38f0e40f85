import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readImports, readProcessUses } from '../../tools/typescript-imports.ts';

const specifiers = (source: string): (string | undefined)[] => readImports(source).map((each) => each.specifier);

test('an import inside a comment, a string, a template or a regular expression is none', () => {
  const source = [
    "// import a from 'a';",
    "/* import b from 'b'; */",
    `const text = "import c from 'c'";`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source of a template
    "const template = `import d from 'd' ${`import e from 'e' ${'}'}`} import('f')`;",
    "const expression = /import('g')`/;",
    "import h from 'h';",
  ].join('\n');
  assert.deepEqual(specifiers(source), ['h']);
});

test('an import inside the expression of a template is one', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source of a template
  assert.deepEqual(specifiers("const text = `${{ a: await import('a') }.a} ${await import('b')}`;"), ['a', 'b']);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source of a template
  assert.deepEqual(specifiers("const text = `${[{}, await import('a')]}`;"), ['a']);
});

test('a slash that divides does not begin a regular expression', () => {
  assert.deepEqual(specifiers("const half = total / 2; const b = await import('b'); const third = (total) / 3;"), [
    'b',
  ]);
});

test('members and words that only look like imports are none', () => {
  assert.deepEqual(
    specifiers("import.meta.dirname; loader.import('a'); export const from = 'b'; export { c };\nexport type D = 'e';"),
    [],
  );
});

test('the place of an import is the line on which it begins', () => {
  const [first] = readImports("\nconst text = `\n`;\nimport {\n  a,\n} from 'a';");
  assert.equal(first?.line, 4);
});

test('process.env and process.argv are found by every form', () => {
  const source =
    "process.env;\nprocess['argv'];\nprocess?.env;\nconst { argv } = process;\nprocess.pid;\nchild.process.env;\n'process.env';";
  assert.deepEqual(readProcessUses(source), [1, 2, 3, 4]);
});
