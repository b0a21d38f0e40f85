import { type ASTNode, getLocation, type Source } from 'graphql';
import type { SchemaProblem } from './schema-error.ts';

const TEXT_LENGTH = 120;

/** Collects what is wrong with one schema file. */
export class ProblemList {
  readonly #source: Source;
  readonly #found = new Map<string, SchemaProblem>();
  readonly #starts = new Set<number>();

  constructor(source: Source) {
    this.#source = source;
  }

  /** Adds a problem at a piece of the file; without one it stands at the file's begin. The same problem is kept once. */
  add(node: ASTNode | undefined, message: string, fix: string): void {
    this.addAt(node?.loc?.start ?? 0, node?.loc?.end ?? 0, message, fix);
  }

  /** The same, from one character to another. */
  addAt(start: number, end: number, message: string, fix: string): void {
    const { line, column } = getLocation(this.#source, start);
    const text = this.#source.body.slice(start, end).split(/\r?\n/, 1)[0]?.trimEnd() ?? '';
    const key = JSON.stringify([start, message]);
    if (this.#found.has(key)) return;
    this.#starts.add(start);
    this.#found.set(key, { file: this.#source.name, line, column, text: text.slice(0, TEXT_LENGTH), message, fix });
  }

  /** Was something reported that begins at this node? */
  isReported(node: ASTNode | null | undefined): boolean {
    return node?.loc !== undefined && this.#starts.has(node.loc.start);
  }

  get isEmpty(): boolean {
    return this.#found.size === 0;
  }

  /** In the order of the file. */
  get all(): readonly SchemaProblem[] {
    return [...this.#found.values()].sort((a, b) => a.line - b.line || a.column - b.column);
  }
}
