import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { SABOTAGES, sabotagedText } from '../../../tools/load/sabotage.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const OF_ITEMS: readonly number[] = Array.from({ length: 3_000 }, (_, index) => index + 1);

describe('the bad builds that the load tests must find', () => {
  for (const [name, edits] of Object.entries(SABOTAGES)) {
    test(`${name}: its edits fit the sources as they are`, () => {
      for (const edit of edits) {
        const text = sabotagedText(readFileSync(join(ROOT, edit.file), 'utf8'), edit);
        assert.ok(text.includes(edit.replacement));
        assert.doesNotThrow(() => stripTypeScriptTypes(text), edit.file);
      }
    });
  }

  test('drop loses one in 1,000', () => {
    const changed = run('drop');
    assert.deepEqual(
      OF_ITEMS.filter((item) => !changed.includes(item)),
      [1_000, 2_000, 3_000],
    );
  });

  test('double passes one in 1,000 twice', () => {
    const changed = run('double');
    assert.equal(changed.length, OF_ITEMS.length + 3);
    assert.deepEqual(changed.slice(998, 1_002), [999, 1_000, 1_000, 1_001]);
  });

  test('swap lets two of 1,000 change places, and waits for a batch in which there are two', () => {
    assert.deepEqual(run('swap').slice(997, 1_001), [998, 1_000, 999, 1_001]);
    const one = inOneBatch('swap');
    assert.deepEqual(
      OF_ITEMS.map((item) => one([item])[0]),
      OF_ITEMS,
    );
    assert.deepEqual(one([1, 2, 3]), [2, 1, 3]);
  });

  test('an edit that does not fit says where it is to be mended', () => {
    const edit = { file: 'src/a.ts', find: 'x', replacement: 'y' };
    for (const source of ['', 'x x']) assert.throws(() => sabotagedText(source, edit), /src\/a\.ts.*sabotage\.ts/);
  });
});

/** Passes all items through the function that a bad build adds, as batches of ten. */
function run(name: 'drop' | 'double' | 'swap'): readonly number[] {
  const pass = inOneBatch(name);
  const changed: number[] = [];
  for (let first = 0; first < OF_ITEMS.length; first += 10) changed.push(...pass(OF_ITEMS.slice(first, first + 10)));
  return changed;
}

function inOneBatch(name: 'drop' | 'double' | 'swap'): (items: readonly number[]) => readonly number[] {
  const source = stripTypeScriptTypes(SABOTAGES[name][0]?.appended ?? '');
  return new Function(`${source}\nreturn sabotaged;`)() as (items: readonly number[]) => readonly number[];
}
