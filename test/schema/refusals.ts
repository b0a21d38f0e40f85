import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemsOf } from './load-or-problems.ts';

/** One mistake, and what its one problem must say. */
export interface Refusal {
  readonly rule: string;
  readonly schema: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
  readonly message: RegExp;
  readonly fix: RegExp;
}

/** A sound topic, to stand beside a mistake. */
export const SOUND = 'type Sound @topic(name: "sound", delivery: EPHEMERAL) { id: ID! }';

export function row(rule: string, schema: string, line: number, text: string, message: RegExp, fix: RegExp): Refusal {
  return { rule, schema, line, text, message, fix };
}

/** Registers one test for each mistake. */
export function testRefusals(rows: readonly Refusal[]): void {
  for (const { rule, schema, line, text, message, fix } of rows) {
    test(`design §1: refused with its place and its fix: ${rule}`, () => {
      const problems = problemsOf(schema);
      assert.equal(problems.length, 1, JSON.stringify(problems, null, 1));
      const [problem] = problems;
      assert.equal(problem?.file, 'bad.graphql');
      assert.equal(problem.line, line);
      assert.equal(problem.text, text);
      assert.match(problem.message, message);
      assert.match(problem.fix, fix);
      const column = schema.split('\n')[line - 1]?.slice(problem.column - 1) ?? '';
      assert.ok(column.startsWith(text), `column ${problem.column} is where the text begins`);
    });
  }
}
