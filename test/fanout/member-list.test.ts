import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Member } from '../../src/fanout/member.ts';
import { MemberList } from '../../src/fanout/member-list.ts';
import { Random } from '../support/random.ts';
import { RecordingSink } from '../support/recording-sink.ts';

function member(): Member {
  return { sink: new RecordingSink(), place: 0, joinedAt: 0, gap: undefined, detach() {} };
}

describe('MemberList', () => {
  it('goes round as a Set does, whoever comes and goes meanwhile', () => {
    const random = new Random(11);
    for (let round = 0; round < 30; round += 1) {
      const list = new MemberList();
      const set = new Set<Member>();
      const gone: Member[] = [];
      let iterator = set.values();
      list.rewind();
      for (let step = 0; step < 600; step += 1) {
        const pick = random.below(10);
        const [first] = [...set].slice(random.below(Math.max(1, set.size)));
        if (pick < 4) {
          const added = random.below(3) === 0 ? (gone.pop() ?? member()) : member();
          list.add(added);
          set.add(added);
        } else if (pick < (round % 3) + 6 && first !== undefined) {
          list.delete(first);
          set.delete(first);
          gone.push(first);
        } else if (pick < 9) {
          const next = list.next();
          assert.equal(next, iterator.next().value);
          // At its end an iterator of a Set is over for good.
          if (next === undefined) {
            list.rewind();
            iterator = set.values();
          }
        } else {
          list.rewind();
          iterator = set.values();
        }
        assert.equal(list.size, set.size);
      }
    }
  });

  it('deleting one that is not in it does nothing, also when another has its place', () => {
    const list = new MemberList();
    const [a, b] = [member(), member()];
    list.add(a);
    assert.deepEqual([list.delete(b), list.delete(a), list.delete(a)], [false, true, false]);
    list.add(b);
    list.rewind();
    assert.equal(list.size, 1);
    assert.equal(list.next(), b);
  });
});
