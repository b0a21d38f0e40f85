import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canCollide } from '../../src/routing/collision.ts';
import type { TopicTemplate } from '../../src/routing/template.ts';
import { template } from './sample-topics.ts';

const PAIRS: readonly [a: string, b: string, collide: boolean][] = [
  ['chat.{room}', 'chat.{room}', true],
  ['chat.{room}', 'chat.{user}', true],
  ['chat.{room}', 'chat.lobby', true],
  ['chat.{room}', 'chat.lobby.x', false],
  ['chat.{room}', 'chat.{room}.typing', false],
  ['chat.{room}', 'chat.{room}-typing', true],
  ['chat.{room}', 'chats.{room}', false],
  ['{a}.x', 'x.{b}', true],
  ['{a}.{b}', '{a}', false],
  ['{a}.{b}', 'x.y', true],
  ['{a}', 'x', true],
  ['{a}x', 'x', false],
  ['{a}:{b}', 'a:', false],
  ['{a}:{b}', 'a::', true],
  ['{a}:{b}', '::', false],
  ['{a}:{b}', 'a::b', true],
  ['a.b', 'a.b', true],
  ['a.b', 'a.c', false],
];
for (const [a, b, collide] of PAIRS) {
  test(`design §8: "${a}" and "${b}" ${collide ? 'can' : 'cannot'} give one instance`, () => {
    assert.equal(canCollide(template(a), template(b)), collide);
    assert.equal(canCollide(template(b), template(a)), collide);
  });
}

/** The template as a pattern over a small alphabet, in which "." may stand in literals alone. */
function pattern(sample: TopicTemplate): RegExp {
  const source = sample.parts.map((part) => (part.type === 'literal' ? part.text.replaceAll('.', '\\.') : '[ab]+'));
  return new RegExp(`^${source.join('')}$`);
}

/** Every text of a, b and "." up to that length. */
function allTexts(maxLength: number): string[] {
  const texts = [''];
  for (const text of texts) {
    if (text.length < maxLength) texts.push(...['a', 'b', '.'].map((character) => text + character));
  }
  return texts;
}

test('the answer equals brute force over every text that two small templates can share', () => {
  // A shortest common text has at most as many characters as the two templates have tokens: each begins one of them.
  const texts = allTexts(8);
  const pieces = ['', 'a', 'b', '.'];
  const samples = pieces.flatMap((before) =>
    pieces.flatMap((middle) =>
      ['', 'a', '.'].map((after) => template(`${before}{x}${middle && `${middle}{y}`}${after}`)),
    ),
  );
  samples.push(...['a', 'ab', 'a.b', '.', 'b.'].map(template));
  const given = samples.map((sample) => new Set(texts.filter((text) => pattern(sample).test(text))));
  for (const [place, a] of samples.entries()) {
    for (const [other, b] of samples.entries()) {
      const shared = [...(given[place] ?? [])].some((text) => given[other]?.has(text));
      assert.equal(canCollide(a, b), shared, `${a.text} ${b.text}`);
    }
  }
});
