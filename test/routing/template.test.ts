import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTemplate } from '../../src/routing/template.ts';

test('design §8: a template is literals and parameters, in order', () => {
  assert.deepEqual(parseTemplate('a-1.{tenant}:{id as orderId}.x_Y'), {
    type: 'template',
    template: {
      text: 'a-1.{tenant}:{id as orderId}.x_Y',
      parts: [
        { type: 'literal', text: 'a-1.' },
        { type: 'parameter', field: 'tenant', argument: 'tenant' },
        { type: 'literal', text: ':' },
        { type: 'parameter', field: 'id', argument: 'orderId' },
        { type: 'literal', text: '.x_Y' },
      ],
    },
  });
  assert.equal(parseTemplate('{a}').type, 'template');
  assert.equal(parseTemplate('flights').type, 'template');
});

const REFUSED: readonly [text: string, message: RegExp][] = [
  ['', /empty/],
  ['a b', /" " cannot stand/],
  ['a/b', /"\/" cannot stand/],
  ['a*', /"\*" cannot stand/],
  ['größe', /"ö" cannot stand/],
  ['a.😀', /"😀" cannot stand/],
  ['a.\n', /"\\n" cannot stand/],
  ['a.{b', /"\{" has no partner/],
  ['a.b}', /"\}" has no partner/],
  ['a.{{b}}', /has no partner/],
  ['a.{}', /"\{\}" is not a parameter/],
  ['a.{ b }', /is not a parameter/],
  ['a.{b as}', /is not a parameter/],
  ['a.{b as c as d}', /is not a parameter/],
  ['a.{1b}', /is not a parameter/],
  ['{a}{b}', /nothing separates \{b\}/],
  ['{a}.{a}', /"a" stands twice/],
  ['{a}.{a as b}', /"a" stands twice/],
  ['{a}.{b as a}', /two parameters have the argument "a"/],
];

for (const [text, message] of REFUSED) {
  test(`design §8: ${JSON.stringify(text)} is no template, and a fix is offered`, () => {
    const parsed = parseTemplate(text);
    assert.equal(parsed.type, 'invalid');
    if (parsed.type !== 'invalid') return;
    assert.match(parsed.message, message);
    assert.notEqual(parsed.fix, '');
  });
}
