import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { JsonSyntaxError, MAX_JSON_DEPTH, parseExactly } from '../../src/json/exact-parser.ts';
import { parseJson, parseJsonBytes, stringifyJson } from '../../src/json/text.ts';
import type { JsonValue } from '../../src/json/value.ts';

const seed = Number(process.env['SLUICE_TEST_SEED'] ?? Date.now() % 2 ** 31);
console.log(`json: seed ${seed} (SLUICE_TEST_SEED sets it)`);

/** Doubles that are not written as an integer literal beyond the safe range. */
const double = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .filter((value) => !/^-?[0-9]{16,}$/.test(String(value)));

/** JSON text as a machine or a person may write it: any white space, escapes, number forms. */
const jsonText: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => {
  const space = fc.constantFrom('', '', '', ' ', '\n\t', '\r');
  const key = fc.oneof(
    fc.string().map((text) => JSON.stringify(text)),
    fc.constantFrom('"__proto__"', '"constructor"', '"toJSON"', '"\\u005f_proto__"', '"0"', '""'),
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }).map((value) => JSON.stringify(value)),
    fc.constantFrom('"\\ud800"', '"\\/\\b\\f\\n\\r\\t\\"\\\\"', '"\\u00e9é"', '"[[[{{{"', '"1234567890123456789"'),
  );
  const numeral = fc.oneof(
    double.map((value) => JSON.stringify(value)),
    fc.integer().map(String),
    fc.constantFrom('-0', '0', '-0.0', '1e5', '1E+5', '12.50e-3', '1e308', '0.1234567890123456789', '9007199254740991'),
  );
  const list = (inner: fc.Arbitrary<string>) => fc.array(inner, { maxLength: 4 }).map((items) => items.join(','));
  return {
    value: fc
      .tuple(
        space,
        fc.oneof(
          { maxDepth: 5, withCrossShrink: true },
          fc.oneof(text, numeral, fc.constantFrom('true', 'false', 'null')),
          list(tie('value')).map((items) => `[${items}]`),
          list(fc.tuple(key, space, tie('value')).map(([name, gap, value]) => `${name}${gap}:${value}`)).map(
            (members) => `{${members}}`,
          ),
        ),
        space,
      )
      .map((parts) => parts.join('')),
  };
}).value;

/** Any value that JSON can hold, bigints beyond the safe range included. */
const exactValue: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(
      fc.string({ unit: 'binary' }),
      double.map((value) => (Object.is(value, -0) ? 0 : value)),
      fc.bigInt().filter((value) => value > 2n ** 53n || value < -(2n ** 53n)),
      fc.constantFrom(null, true, false),
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toJSON')), tie('value'), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  ),
})).value;

/** Prototype, own keys in order, and leaves: what `deepStrictEqual` alone does not tell of `__proto__`. */
function assertSame(actual: unknown, expected: unknown): void {
  assert.deepStrictEqual(actual, expected);
  assert.equal(JSON.stringify(actual), JSON.stringify(expected));
}

describe('parseJson', () => {
  test('equals JSON.parse where there are no large integers', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        const expected = JSON.parse(text);
        assertSame(parseJson(text), expected);
        assertSame(parseExactly(text), expected);
      }),
      { seed, numRuns: 3000 },
    );
  });

  test('refuses what JSON.parse refuses, with a position', () => {
    let refused = 0;
    const broken = fc
      .tuple(jsonText, fc.nat(), fc.nat({ max: 3 }), fc.constantFrom('', ',', '"', '}', ']', ':', '0', '.', '\\', '\n'))
      .map(([text, at, cut, insert]) => {
        const start = at % (text.length + 1);
        return text.slice(0, start) + insert + text.slice(start + cut);
      });
    fc.assert(
      fc.property(broken, (text) => {
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch {
          refused += 1;
          assert.throws(
            () => parseJson(text),
            (error) =>
              error instanceof JsonSyntaxError &&
              error instanceof SyntaxError &&
              error.position !== undefined &&
              error.position >= 0 &&
              error.position <= text.length,
          );
          assert.throws(() => parseExactly(text), JsonSyntaxError);
          return;
        }
        if (!/[0-9]{16}|[0-9]e\+?[0-9]{3}/i.test(text)) assertSame(parseExactly(text), expected);
      }),
      { seed, numRuns: 3000 },
    );
    assert.ok(refused > 1000, `only ${refused} of the texts were broken`);
  });

  test('an integer beyond the safe range is a bigint with every digit, in any place', () => {
    const text =
      '{"a":9007199254740992,"b":[-9007199254740993],"c":1152921504606846976,"d":9007199254740991,"e":"9007199254740993"}';
    assert.deepStrictEqual(parseJson(text), {
      a: 9007199254740992n,
      b: [-9007199254740993n],
      // A double holds it, but prints it as 1152921504606847000.
      c: 1152921504606846976n,
      d: 9007199254740991,
      e: '9007199254740993',
    });
    // The scan looks at every 16th character: try each offset.
    for (let offset = 0; offset < 40; offset += 1) {
      assert.deepStrictEqual(parseJson(`${' '.repeat(offset)}[1,1234567890123456789]`), [1, 1234567890123456789n]);
    }
  });

  test('digits in strings and behind a point do not hide an integer that comes after them', () => {
    const digits = fc.stringMatching(/^[0-9]{1,40}$/);
    const harmless = fc.oneof(
      digits.map((text) => `"${text}"`),
      digits.map((text) => `"id${text}"`),
      digits.map((text) => `0.${text}`),
      digits.map((text) => `"\\"${text}"`),
    );
    fc.assert(
      fc.property(fc.array(harmless), fc.bigInt({ min: 2n ** 53n, max: 2n ** 80n }), (before, integer) => {
        const value = parseJson(`[${[...before, integer].join()}]`);
        assert.ok(Array.isArray(value));
        assert.equal(value.at(-1), integer);
      }),
      { seed, numRuns: 2000 },
    );
  });

  test('A31: a number that no double can hold is an error, never null or Infinity', () => {
    for (const text of ['1e400', '[-1.5E+309]', '123456789012345e300', `${'9'.repeat(400)}.5`]) {
      assert.throws(() => parseJson(text), /number out of range at position/);
    }
    assert.throws(() => parseJson(`[${'9'.repeat(5000)}]`), /integer of more than 1000 digits at position 1$/);
    assert.equal(parseJson('1e-400'), 0);
  });

  test('A24: nesting beyond the cap is an error, never the end of the stack', () => {
    const nested = (depth: number, open: string, inner: string, close: string) =>
      open.repeat(depth) + inner + close.repeat(depth);
    assert.doesNotThrow(() => parseJson(nested(MAX_JSON_DEPTH, '[', '', ']')));
    assert.doesNotThrow(() => parseExactly(nested(MAX_JSON_DEPTH, '{"a":', '1', '}')));
    for (const depth of [MAX_JSON_DEPTH + 1, 200_000]) {
      for (const text of [
        nested(depth, '[', '', ']'),
        nested(depth, '{"a":', '1', '}'),
        nested(depth, '["]]]]}}}}\\"]",', '1', ']'),
        '['.repeat(depth),
      ]) {
        assert.throws(() => parseJson(text), /nested deeper than 500 at position|unexpected end/);
        assert.throws(() => parseExactly(text), /nested deeper than 500 at position/);
      }
    }
  });

  test('many openings side by side, and openings inside strings, are not nesting', () => {
    const flat = `[${Array(2000).fill('{"a":[]}').join(',')}]`;
    assert.equal((parseJson(flat) as unknown[]).length, 2000);
    const quoted = JSON.stringify({ text: '[{'.repeat(2000), after: '\\"' });
    assertSame(parseJson(quoted), JSON.parse(quoted));
  });

  test('A57: __proto__ is an own member and pollutes nothing', () => {
    for (const parse of [parseJson, parseExactly]) {
      const value = parse('{"__proto__":{"polluted":true},"id":1}') as Record<string, unknown>;
      assert.deepStrictEqual(Object.keys(value), ['__proto__', 'id']);
      assert.equal(Object.getPrototypeOf(value), Object.prototype);
      assert.equal(Reflect.get({}, 'polluted'), undefined);
    }
    const large = parseJson('{"__proto__":{"x":12345678901234567890}}');
    assert.equal(stringifyJson(large), '{"__proto__":{"x":12345678901234567890}}');
  });

  test('A70: the message says where and quotes nothing', () => {
    assert.throws(() => parseJson('{"password":"hunter2",}'), {
      message: 'expected a member name at position 22',
    });
    assert.throws(() => parseJson(''), { message: 'unexpected end at position 0' });
    assert.throws(() => parseJson('{"a":1} x'), { message: 'unexpected text after the value at position 8' });
    assert.throws(() => parseJson('["a\nb"]'), { message: 'control character in a string at position 3' });
    assert.throws(() => parseJson('["abc'), { message: 'unterminated string at position 5' });
  });
});

describe('parseJsonBytes', () => {
  test('bytes are read as UTF-8', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        const bytes = Buffer.from(text, 'utf8');
        assertSame(parseJsonBytes(bytes), JSON.parse(bytes.toString('utf8')));
      }),
      { seed, numRuns: 500 },
    );
  });

  test('invalid UTF-8 is an error, never U+FFFD', () => {
    for (const bytes of [
      [0x22, 0xff, 0x22],
      [0x22, 0xc3, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0xfe, 0xff],
    ]) {
      assert.throws(() => parseJsonBytes(Buffer.from(bytes)), { name: 'JsonSyntaxError', message: 'not valid UTF-8' });
    }
  });
});

describe('stringifyJson', () => {
  test('writes what JSON.stringify writes where there are no bigints', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.equal(stringifyJson(value as JsonValue), JSON.stringify(value));
      }),
      { seed, numRuns: 1000 },
    );
  });

  test('round trips every value, bigints digit by digit', () => {
    let large = 0;
    fc.assert(
      fc.property(exactValue, (value) => {
        const text = stringifyJson(value);
        if (/[0-9]{17}/.test(text)) large += 1;
        assert.deepStrictEqual(parseJson(text), value);
        assert.deepStrictEqual(parseExactly(text), value);
      }),
      { seed, numRuns: 3000 },
    );
    assert.ok(large > 200, `only ${large} values had bigints`);
  });
});
