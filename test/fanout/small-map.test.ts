import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SmallMap } from '../../src/fanout/small-map.ts';

const key = fc.constantFrom<(string | undefined)[]>(undefined, '', 'a', 'b', 'c');

test('SmallMap is a Map: the same entries after any steps, undefined as a key included', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(key, fc.constantFrom('set', 'delete', 'clear', 'set')), { maxLength: 20 }),
      (steps) => {
        const small = new SmallMap<string | undefined, { step: number }>();
        const map = new Map<string | undefined, { step: number }>();
        for (const [at, [name, step]] of steps.entries()) {
          if (step === 'clear' && at % 3 > 0) continue;
          if (step === 'set') {
            const value = { step: at };
            small.set(name, value);
            map.set(name, value);
          } else if (step === 'delete') {
            small.delete(name);
            map.delete(name);
          } else {
            small.clear();
            map.clear();
          }
          assert.equal(small.size, map.size);
          for (const each of [undefined, '', 'a', 'b', 'c']) assert.equal(small.get(each), map.get(each));
          const values: { step: number }[] = [];
          small.each((value) => values.push(value));
          assert.deepEqual(new Set(values), new Set(map.values()));
          assert.equal(values.length, map.size);
        }
      },
    ),
  );
});
