import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ModelLog, place } from './model-log.ts';
import { quake, reader, scope } from './quakes.ts';

/** On one partition all arguments go together: the range is cut first, then the page is taken from one of its sides (Relay). */
test('Relay: after, before, since and until cut the range; first and last take from its begin and end', async () => {
  const place100 = fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ time: fc.integer({ min: 0, max: 20 }), hole: fc.constantFrom(0, 0, 2) }), { maxLength: 20 }),
      fc.record({ after: place100, before: place100, since: place100, until: place100 }),
      fc.record({
        backward: fc.boolean(),
        size: fc.integer({ min: 0, max: 8 }),
        chunk: fc.integer({ min: 1, max: 25 }),
      }),
      async (drawn, { after, before, since, until }, { backward, size, chunk }) => {
        fc.pre(since === undefined || until === undefined || since < until);
        let offset = -1;
        const records = drawn.map(({ time, hole }, index) => {
          offset += 1 + hole;
          return { offset, timestamp: time, value: quake(`${index}`) };
        });
        const log = new ModelLog([records]);
        log.chunkRecords = chunk;
        // Cursors of edges: right after the record at that index.
        const edgeCursor = (index: number | undefined): string | undefined => {
          const record = index === undefined ? undefined : records[index];
          return record && scope.encode({ log: log.id, partitions: [place(record.offset + 1)] });
        };
        const iso = (time: number | undefined): string | undefined =>
          time === undefined ? undefined : new Date(time).toISOString();
        const firstNotOlder = (time: number): number => {
          const found = records.findIndex(({ timestamp }) => timestamp >= time);
          return found === -1 ? records.length : found;
        };
        const page = await reader(log)({
          after: edgeCursor(after),
          before: edgeCursor(before),
          since: iso(since),
          until: iso(until),
          ...(backward ? { last: size } : { first: size }),
        });

        const hasAfter = after !== undefined && after < records.length;
        const hasBefore = before !== undefined && before < records.length;
        const low = Math.max(hasAfter ? after + 1 : 0, since === undefined ? 0 : firstNotOlder(since));
        const high = Math.min(
          hasBefore ? before : records.length,
          until === undefined ? records.length : firstNotOlder(until),
        );
        const range = records.slice(low, Math.max(low, high)).map((record) => JSON.parse(record.value).id as string);
        const expected = backward ? range.slice(Math.max(0, range.length - size)) : range.slice(0, size);
        assert.deepEqual(page.ids, expected);
        assert.equal(page.hasNextPage, !backward && range.length > size);
        assert.equal(page.hasPreviousPage, backward && range.length > size);
        if (expected.length > 0) {
          assert.equal(page.startCursor, page.cursors[0]);
          assert.equal(page.endCursor, page.cursors.at(-1));
        }
      },
    ),
    { numRuns: 1_000 },
  );
});

function countingLog(count: number, value: (id: string) => string | null = quake): ModelLog {
  const records = Array.from({ length: count }, (_, offset) => ({
    offset,
    timestamp: offset,
    value: value(`${offset}`),
  }));
  return new ModelLog([records]);
}

test('a page of 100 where nothing is said; first: 0 and last: 0 are empty pages that tell whether something is there', async () => {
  const log = countingLog(150);
  const read = reader(log);
  assert.equal((await read({})).ids.length, 100);
  assert.equal((await read({ first: 1_000 })).ids.length, 150);
  const none = await read({ first: 0 });
  assert.deepEqual([none.ids, none.hasNextPage, none.startCursor], [[], true, null]);
  assert.deepEqual((await read({ first: 2, after: none.endCursor })).ids, ['0', '1']);
  const last = await read({ last: 0 });
  assert.deepEqual([last.ids, last.hasPreviousPage, last.startCursor], [[], true, null]);
  assert.deepEqual((await read({ after: last.endCursor })).ids, []);
});

test('the scan is bounded: a page without a match is empty, ends where it looked, and is read on from there', async () => {
  const log = countingLog(95, (id) => quake(id, id === '93' ? 9 : 1));
  const read = reader(log, { maxHistoryScan: 20 });
  const where = { magnitude: { gt: 5 } };
  const sizes: number[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await read({ first: 10, after, where });
    sizes.push(page.ids.length);
    after = page.endCursor;
    if (!page.hasNextPage) break;
  }
  assert.deepEqual(sizes, [0, 0, 0, 0, 1]);
  const short = await read({ first: 10, where: { id: { in: ['3', '7'] } } });
  assert.deepEqual([short.ids, short.hasNextPage], [['3', '7'], true]);
  assert.deepEqual(
    scope.decode(short.endCursor)?.partitions,
    [place(20)],
    'not at its last event: behind what was looked at',
  );
  const back = await read({ last: 1, where: { magnitude: { lt: 0 } } });
  assert.deepEqual([back.ids, back.hasPreviousPage], [[], true]);
  assert.deepEqual((await read({ last: 1, before: back.startCursor })).ids, ['74']);
});

test('the bytes of a page are bounded: it ends with the event that passes the bound, and never before the first', async () => {
  const log = countingLog(10);
  const size = quake('0').length;
  const read = reader(log, { maxHistoryPageBytes: 3 * size - 1 });
  const page = await read({ first: 10 });
  assert.deepEqual([page.ids, page.hasNextPage], [['0', '1', '2'], true]);
  assert.deepEqual((await read({ last: 10 })).ids, ['7', '8', '9']);
  assert.deepEqual((await reader(log, { maxHistoryPageBytes: 1 })({ first: 10 })).ids, ['0']);
});

test('holes at the end of a log are stepped over, so that a quiet page ends where the log does', async () => {
  const log = countingLog(3, () => null);
  log.ends[0] = 9;
  assert.deepEqual(scope.decode((await reader(log)({})).endCursor)?.partitions, [place(9)]);
});

test('a broker that brings nothing and is not at the end is BROKER_UNAVAILABLE, and not asked for ever', async () => {
  const log = countingLog(3);
  const stuck = { type: 'chunk', records: [], atEnd: false } as const;
  log.read = (_stream, _partition, _log, next) => Promise.resolve({ ...stuck, next });
  log.readBackwards = (_stream, _partition, _log, next) => Promise.resolve({ ...stuck, next });
  await assert.rejects(reader(log)({ first: 1 }), { code: 'BROKER_UNAVAILABLE' });
  await assert.rejects(reader(log)({ last: 1 }), { code: 'BROKER_UNAVAILABLE' });
});

test('a cursor of `before` whose record is gone leaves out nothing else', async () => {
  const log = countingLog(5);
  const page = await reader(log)({ last: 1 });
  log.partitions[0] = (log.partitions[0] ?? []).filter(({ offset }) => offset !== 4);
  assert.deepEqual((await reader(log)({ last: 2, before: page.startCursor })).ids, ['2', '3']);
});

test('without a cursor, a start that retention passes between two reads is found again', async () => {
  const log = countingLog(50);
  let trims = 2;
  log.onRead = () => {
    if (trims === 0) return;
    trims -= 1;
    log.trim(0, 20 - trims * 10);
  };
  assert.deepEqual((await reader(log)({ first: 2 })).ids, ['20', '21']);
});

test('a partition that is added is read from its start by a cursor from before', async () => {
  const log = countingLog(4);
  const page = await reader(log)({ first: 2 });
  log.partitions.push([{ offset: 0, timestamp: 0, value: quake('added') }]);
  log.starts.push(0);
  log.ends.push(1);
  assert.deepEqual((await reader(log)({ after: page.endCursor })).ids, ['added', '2', '3']);
});

test('a partition that is added while the bounds are looked up waits for the next page', async () => {
  const log = countingLog(4);
  const locate = log.locate.bind(log);
  log.locate = (stream, start) => {
    if (start.type === 'earliest' && log.partitions.length === 1) {
      log.partitions.push([{ offset: 0, timestamp: 9, value: quake('added') }]);
      log.starts.push(0);
      log.ends.push(1);
    }
    return locate(stream, start);
  };
  const page = await reader(log)({ until: new Date(2).toISOString() });
  assert.deepEqual(page.ids, ['0', '1']);
  assert.deepEqual((await reader(log)({ after: page.endCursor })).ids, ['2', '3', 'added']);
});

test('a small page asks for little, and a long scan for more and more', async () => {
  const log = countingLog(5_000, (id) => quake(id, 1));
  await reader(log)({ first: 1_000 });
  assert.ok(log.reads <= 4, `${log.reads} reads`);
  log.reads = 0;
  await reader(log)({ first: 1, where: { magnitude: { gt: 5 } } });
  assert.ok(log.reads <= 20, `${log.reads} reads`);
});
