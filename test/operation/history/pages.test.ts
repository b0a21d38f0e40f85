import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ModelLog, type ModelRecord } from './model-log.ts';
import { idOf, type PlainPage, quake, reader, readOn } from './quakes.ts';

/** Ids tell partition and place: `<partition>.<number>`. */
function arbitraryPartition(partition: number, inOrder: boolean): fc.Arbitrary<ModelRecord[]> {
  const kind = fc.constantFrom('event', 'event', 'event', 'weak', 'other', 'tombstone', 'invalid');
  const record = fc.record({ kind, time: fc.integer({ min: 0, max: 30 }), hole: fc.constantFrom(0, 0, 0, 1, 5) });
  return fc.array(record, { maxLength: 25 }).map((drawn) => {
    let offset = 0;
    let timestamp = 0;
    return drawn.map(({ kind, time, hole }, index) => {
      offset += hole + (index === 0 ? 0 : 1);
      timestamp = inOrder ? timestamp + (time % 4) : time;
      const id = `${partition}.${index}`;
      const values = {
        event: quake(id, 5),
        weak: quake(id, 1),
        other: quake(id, 5, 'nz'),
        tombstone: null,
        invalid: 'no JSON',
      };
      return { offset, timestamp, value: values[kind as keyof typeof values] };
    });
  });
}

interface Case {
  readonly log: ModelLog;
  readonly size: number;
  readonly scan: number;
  readonly least: number;
}

function arbitraryCase(mostPartitions: number): fc.Arbitrary<Case> {
  return fc.boolean().chain((inOrder) =>
    fc
      .record({
        partitions: fc
          .integer({ min: 1, max: mostPartitions })
          .chain((count) =>
            fc.tuple(...Array.from({ length: count }, (_, index) => arbitraryPartition(index, inOrder))),
          ),
        trailing: fc.integer({ min: 0, max: 2 }),
        chunk: fc.integer({ min: 1, max: 30 }),
        hollow: fc.boolean(),
        size: fc.integer({ min: 1, max: 12 }),
        scan: fc.constantFrom(1, 3, 10, 10_000),
        least: fc.constantFrom(0, 3),
      })
      .map(({ partitions, trailing, chunk, hollow, size, scan, least }) => {
        const log = new ModelLog(partitions);
        log.chunkRecords = chunk;
        log.hollow = hollow;
        for (const [partition, end] of log.ends.entries()) log.ends[partition] = end + trailing;
        return { log, size, scan, least };
      }),
  );
}

interface Keyed {
  readonly record: ModelRecord;
  readonly partition: number;
  readonly key: number;
}

/** The records of each partition in one order: by time, an event never before one that precedes it in its partition. */
function merged(partitions: readonly (readonly ModelRecord[])[], direction: 'forward' | 'backward'): ModelRecord[] {
  const keyed = partitions.flatMap((records, partition): Keyed[] =>
    records.map((record, index) => {
      const others = direction === 'forward' ? records.slice(0, index + 1) : records.slice(index);
      const times = others.map(({ timestamp }) => timestamp);
      return { record, partition, key: direction === 'forward' ? Math.max(...times) : Math.min(...times) };
    }),
  );
  return keyed
    .sort((a, b) => a.key - b.key || a.partition - b.partition || a.record.offset - b.record.offset)
    .map(({ record }) => record);
}

function idsOf(records: readonly ModelRecord[], least: number): string[] {
  return records.flatMap((record) => idOf(record, least) ?? []);
}

function where(least: number): Readonly<Record<string, unknown>> {
  return least === 0 ? {} : { where: { magnitude: { gte: least } } };
}

type Read = ReturnType<typeof reader>;

async function forwards(read: Read, size: number, args: Readonly<Record<string, unknown>>): Promise<PlainPage[]> {
  const pages: PlainPage[] = [];
  let after: string | undefined;
  do {
    const page = await read({ ...args, first: size, after });
    pages.push(page);
    after = page.endCursor;
    assert.ok(pages.length < 1_000, 'pages come to an end');
  } while (pages.at(-1)?.hasNextPage === true);
  return pages;
}

test('pages forwards, whatever their size and the bound of the scan, are the merged log filtered', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryCase(4), async ({ log, size, scan, least }) => {
      const pages = await forwards(reader(log, { maxHistoryScan: scan }), size, where(least));
      const expected = idsOf(merged(log.partitions, 'forward'), least);
      assert.deepEqual(
        pages.flatMap(({ ids }) => ids),
        expected,
      );
      assert.ok(pages.every(({ ids }) => ids.length <= size));
      assert.ok(pages.every(({ hasPreviousPage }) => !hasPreviousPage));
    }),
    { numRuns: 300 },
  );
});

test('pages backwards on one partition, whatever their size and the bound of the scan, are the log filtered', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryCase(1), async ({ log, size, scan, least }) => {
      const read = reader(log, { maxHistoryScan: scan });
      const pages: PlainPage[] = [];
      let before: string | undefined;
      do {
        const page = await read({ ...where(least), last: size, before });
        pages.unshift(page);
        before = page.startCursor ?? undefined;
        assert.ok(!page.hasPreviousPage || before !== undefined, 'a page with more before it says where it begins');
        assert.ok(pages.length < 1_000, 'pages come to an end');
      } while (pages[0]?.hasPreviousPage === true);
      assert.deepEqual(
        pages.flatMap(({ ids }) => ids),
        idsOf(log.partitions[0] ?? [], least),
      );
      assert.ok(pages.every(({ ids }) => ids.length <= size));
      assert.ok(pages.every(({ hasNextPage }) => !hasNextPage));
    }),
    { numRuns: 300 },
  );
});

test('last alone, on several partitions, is the newest by (timestamp, partition, offset)', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryCase(4), async ({ log, size, least }) => {
      const page = await reader(log)({ ...where(least), last: size });
      assert.deepEqual(page.ids, idsOf(merged(log.partitions, 'backward'), least).slice(-size));
    }),
    { numRuns: 300 },
  );
});

test('reading on from any cursor of a forward page brings what followed it, each event once', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryCase(4), async ({ log, size, scan, least }) => {
      const seen: string[] = [];
      const all = idsOf(merged(log.partitions, 'forward'), least).sort();
      for (const page of await forwards(reader(log, { maxHistoryScan: scan }), size, where(least))) {
        for (const [index, cursor] of page.cursors.entries()) {
          seen.push(page.ids[index] ?? '');
          const rest = (await readOn(log, cursor, least)).flat();
          assert.deepEqual([...seen, ...rest].sort(), all);
        }
        const rest = (await readOn(log, page.endCursor, least)).flat();
        assert.deepEqual([...seen, ...rest].sort(), all);
      }
    }),
    { numRuns: 150 },
  );
});

test('reading on from a backward page, and from each of its edges, misses and repeats nothing', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryCase(4), async ({ log, size, scan, least }) => {
      const page = await reader(log, { maxHistoryScan: scan })({ ...where(least), last: size });
      assert.deepEqual((await readOn(log, page.endCursor, least)).flat(), []);
      for (const [index, cursor] of page.cursors.entries()) {
        const rest = (await readOn(log, cursor, least)).flat();
        assert.deepEqual(rest.sort(), page.ids.slice(index + 1).sort());
      }
      for (const partition of log.partitions.keys()) log.append(partition, 31, quake(`${partition}.new`, 9));
      const fresh = await readOn(log, page.endCursor, least);
      assert.deepEqual(
        fresh,
        log.partitions.map((_, partition) => [`${partition}.new`]),
      );
    }),
    { numRuns: 150 },
  );
});

test('ranges that touch hold every event once, and none from `until` on; pages within them add up', async () => {
  const cuts = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(arbitraryCase(4), cuts, async ({ log, size, scan }, drawn) => {
      const times = drawn.sort((a, b) => a - b);
      const timestamps = new Map(log.partitions.flat().map((record) => [idOf(record), record.timestamp]));
      const iso = (time: number | undefined): string | undefined =>
        time === undefined ? undefined : new Date(time).toISOString();
      const found: string[] = [];
      for (const [index, until] of [...times, undefined].entries()) {
        const range = { since: iso(times[index - 1]), until: iso(until) };
        const pages = await forwards(reader(log, { maxHistoryScan: scan }), size, range);
        const ids = pages.flatMap((page) => page.ids);
        const whole = await reader(log)({ ...range, last: 1_000 });
        assert.deepEqual(whole.ids.toSorted(), ids.toSorted(), 'forwards and backwards agree on the range');
        for (const id of ids) {
          if (id !== '!' && until !== undefined) assert.ok((timestamps.get(id) ?? 0) < until, `${id} before ${until}`);
        }
        found.push(...ids);
      }
      assert.deepEqual(found.sort(), idsOf(log.partitions.flat(), 0).sort());
    }),
    { numRuns: 200 },
  );
});

test('what is appended between two pages comes in a later one, each event once and in the order of its partition', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryCase(3), fc.infiniteStream(fc.nat({ max: 60 })), async ({ log, size }, draws) => {
      const read = reader(log);
      const ids: string[] = [];
      let after: string | undefined;
      for (let round = 0; round < 60; round += 1) {
        const page = await read({ first: size, after });
        ids.push(...page.ids);
        after = page.endCursor;
        if (!page.hasNextPage && round > 5) break;
        const draw = draws.next().value ?? 0;
        if (round < 5) log.append(draw % log.partitions.length, draw, quake(`new.${round}`, 9));
      }
      assert.deepEqual([...ids].sort(), idsOf(log.partitions.flat(), 0).sort());
      for (const records of log.partitions) {
        const own = idsOf(records, 0).filter((id) => id !== '!');
        assert.deepEqual(
          ids.filter((id) => own.includes(id)),
          own,
        );
      }
    }),
    { numRuns: 100 },
  );
});
