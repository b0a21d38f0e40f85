import assert from 'node:assert/strict';
import { compileFilter } from '../../../src/fanout/filter/compile.ts';
import { compileProjection } from '../../../src/fanout/projection/compile.ts';
import { executingProjection } from '../../../src/fanout/projection/execute.ts';
import type { ProjectedEvent, Projection } from '../../../src/fanout/projection.ts';
import type { JsonObject } from '../../../src/json/value.ts';
import { type DocumentCase, describeCase, placed } from './case.ts';
import type { CaseCount, Feature } from './features.ts';
import { passes } from './filter-oracle.ts';
import { generateEvent } from './generate-event.ts';
import { Tape } from './tape.ts';

/** A compiled operation beside its oracles. */
export interface Comparison {
  readonly of: DocumentCase;
  readonly compiled: Projection;
  readonly execute: Projection;
  readonly filter: ((event: JsonObject) => boolean) | undefined;
  /** Why the operation was not compiled, once it was not. */
  fallback: string | undefined;
  /** Events that were executed although it was. */
  executed: number;
}

export function comparison(of: DocumentCase): Comparison {
  const { request, built, coercedWhere } = of;
  const made: Comparison = {
    of,
    compiled: compileProjection({
      ...request,
      onFallback: (reason) => {
        made.fallback = reason;
      },
      onExecuted: () => {
        made.executed += 1;
      },
    }),
    execute: executingProjection({ ...request, schema: built.oracle }),
    filter: coercedWhere === undefined ? undefined : compileFilter(built.eventType, coercedWhere),
    fallback: undefined,
    executed: 0,
  };
  return made;
}

/** Runs one event through both sides; throws where they differ. */
export function compare(comparison: Comparison, eventNumbers: readonly number[]): CaseCount {
  const { of, compiled, execute, filter } = comparison;
  const { model } = of.built;
  const features = new Set<Feature>(of.features);
  const note = (feature: Feature): void => void features.add(feature);
  const event = generateEvent(new Tape(eventNumbers), model, note);
  const executedBefore = comparison.executed;
  try {
    const { is, should } = placed(of, event);
    const expected = execute(should);
    const actual = compiled(is);
    assert.equal(actual.data, expected.data);
    assert.equal(actual.errors, expected.errors);
    if (actual.errors !== undefined) noteErrors(actual, note);
    if (filter !== undefined && of.where !== undefined) {
      const passed = passes(model, model.root.base, of.where, should);
      assert.equal(filter(is), passed, `the filter says ${!passed}`);
      note(passed ? 'where that passes' : 'where that does not pass');
    }
    assert.equal(comparison.fallback, undefined, `not compiled: ${comparison.fallback}`);
    const executed = comparison.executed > executedBefore;
    assert.ok(
      !executed || features.has('scalar or resolver that breaks its contract'),
      'an event was executed that the compiled projection should do',
    );
    return { features, fellBack: comparison.fallback !== undefined, executed };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${describeCase(of, event)}`, {
      cause: error,
    });
  }
}

interface Problem {
  readonly message: string;
  readonly path: readonly (string | number)[];
}

const ERRORS: readonly (readonly [RegExp, Feature])[] = [
  [/^(String|Int|Float|Boolean|ID) cannot represent/, 'built-in scalar in error'],
  [/^DateTime must/, 'DateTime in error'],
  [/^Timestamp must/, 'Timestamp in error'],
  [/^Long must/, 'Long in error'],
  [/^Cursor must/, 'Cursor in error'],
  [/Odd/, 'custom scalar in error'],
  [/^Enum "/, 'enum in error'],
  [/^Expected Iterable/, 'list in error'],
  [/^Expected a JSON object/, 'object in error'],
  [/bstract type|names no type|not a possible type/, 'type resolution in error'],
];

function noteErrors({ data, errors = '[]' }: ProjectedEvent, note: (feature: Feature) => void): void {
  note('error');
  const result: unknown = JSON.parse(data);
  for (const { message, path } of JSON.parse(errors) as readonly Problem[]) {
    for (const [pattern, feature] of ERRORS) if (pattern.test(message)) note(feature);
    // The position itself is gone where a null above has taken its place.
    let at: unknown = result;
    for (const step of path) at = typeof at === 'object' && at !== null ? Reflect.get(at, step) : undefined;
    if (at === undefined) note('null propagation');
  }
}
