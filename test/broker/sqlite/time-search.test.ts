import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { TimeSearch } from '../../../src/broker/sqlite/time-search.ts';

test('halving finds the record that a walk from the start finds, whatever the clock did and whatever was trimmed', () => {
  const time = fc.integer({ min: 0, max: 40 });
  const records = fc.array(fc.record({ timestamp: time, kept: fc.boolean() }), { maxLength: 30 });
  fc.assert(
    fc.property(records, time, (all, wanted) => {
      const database = new DatabaseSync(':memory:');
      database.exec('CREATE TABLE event (sequence INTEGER PRIMARY KEY, newest INTEGER NOT NULL)');
      const insert = database.prepare('INSERT INTO event VALUES (?, ?)');
      let newest = 0;
      const rows: { readonly sequence: number; readonly newest: number }[] = [];
      for (const [index, { timestamp, kept }] of all.entries()) {
        newest = Math.max(newest, timestamp);
        if (!kept) continue;
        rows.push({ sequence: index + 1, newest });
        insert.run(index + 1, newest);
      }
      const found = new TimeSearch(database).firstNotOlder(wanted);
      database.close();
      const expected = rows.find((row) => row.newest >= wanted)?.sequence;
      if (expected === undefined) assert.equal(found, undefined);
      // Between two rows there is nothing, so any place there is as good.
      else assert.equal(rows.find((row) => row.sequence >= Number(found))?.sequence, expected);
    }),
  );
});
