import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EventLine, readEventLines } from '../../src/cli/line-reader.ts';

async function read(chunks: readonly (string | Uint8Array)[], maxLineBytes?: number): Promise<readonly EventLine[][]> {
  const source = (async function* () {
    for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  })();
  const groups: EventLine[][] = [];
  for await (const group of readEventLines(source, maxLineBytes)) groups.push([...group]);
  return groups;
}

const line = (number: number, text: string): EventLine => ({ number, text, problem: undefined });

test('lines come in the groups in which they arrive, whatever the chunks cut', async () => {
  assert.deepEqual(await read(['a\nb', 'c\r\n', 'd']), [[line(1, 'a')], [line(2, 'bc')], [line(3, 'd')]]);
});

test('a character cut by a chunk is whole again', async () => {
  const bytes = Buffer.from('🌋é\n');
  const chunks = [...bytes].map((byte) => Uint8Array.of(byte));
  assert.deepEqual(await read(chunks), [[line(1, '🌋é')]]);
});

test('blank lines count and are left out; a byte order mark is no part of the text', async () => {
  assert.deepEqual(await read(['\ufeffa\n\n  \nb\n']), [[line(1, 'a'), line(4, 'b')]]);
  assert.deepEqual(await read([]), []);
});

test('a line that is too long or not UTF-8 is a problem of its own, and the rest goes on', async () => {
  const groups = await read(
    [Buffer.from('123456789'), Buffer.from('012345\nok\n'), Uint8Array.of(0xff, 0x0a), 'end'],
    8,
  );
  assert.deepEqual(groups.flat(), [
    { number: 1, text: undefined, problem: 'the line is too long' },
    line(2, 'ok'),
    { number: 3, text: undefined, problem: 'the line is not UTF-8' },
    line(4, 'end'),
  ]);
});

test('the reader keeps no view of a chunk: the stream may use its memory again', async () => {
  const chunk = Buffer.from('ab');
  const source = (async function* () {
    yield chunk;
    chunk.fill('x');
    yield Buffer.from('c\n');
  })();
  const lines: EventLine[] = [];
  for await (const group of readEventLines(source)) lines.push(...group);
  assert.deepEqual(lines, [line(1, 'abc')]);
});
