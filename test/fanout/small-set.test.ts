import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SmallSet } from '../../src/fanout/small-set.ts';

const MEMBERS = [{}, {}, {}] as const;

test('SmallSet is a Set: the same members after any steps', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...MEMBERS), fc.constantFrom('add', 'delete', 'add', 'clear')), {
        maxLength: 20,
      }),
      (steps) => {
        const small = new SmallSet<object>();
        const set = new Set<object>();
        for (const [member, step] of steps) {
          if (step === 'add') {
            small.add(member);
            set.add(member);
          } else if (step === 'delete') {
            assert.equal(small.delete(member), set.delete(member));
          } else {
            small.clear();
            set.clear();
          }
          const members: object[] = [];
          small.each((each) => members.push(each));
          assert.equal(small.size, set.size);
          assert.equal(members.length, set.size);
          for (const each of members) assert.ok(set.has(each));
        }
      },
    ),
  );
});

test('a member that leaves while the set is visited is not visited after it', () => {
  const small = new SmallSet<object>();
  for (const member of MEMBERS) small.add(member);
  const visited: object[] = [];
  small.each((member) => {
    visited.push(member);
    small.delete(MEMBERS[1]);
  });
  assert.deepEqual(visited, [MEMBERS[0], MEMBERS[2]]);
});
