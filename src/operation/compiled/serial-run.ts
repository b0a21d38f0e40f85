import type { TraceContext } from '../../tracing/trace-context.ts';
import type { RunContext } from '../own-member.ts';
import type { CompiledRoot } from './compile-roots.ts';

/** How one root field's call ended. */
export type CallOutcome =
  | { readonly type: 'value'; readonly value: unknown }
  | { readonly type: 'failure'; readonly error: unknown };

/** A run of compiled root fields is over. */
export type RunEnd =
  /** `text` is the JSON text of the whole result. */
  | { readonly type: 'result'; readonly text: string }
  /** Something in the result is an error. `outcomes`, by response key, are the calls that were made, from which graphql-js makes the result. */
  | { readonly type: 'errors'; readonly outcomes: ReadonlyMap<string, CallOutcome> };

type CalledRoot = Extract<CompiledRoot, { type: 'call' }>;

const NO_STORED_EVENTS: RunContext = { storedEvents: new Set() };

/**
 * One run of compiled root fields, one after the other, as a mutation's are (GraphQL specification §6.2.2). The first call is made
 * before `start` returns.
 */
export class SerialRun {
  readonly #roots: readonly CompiledRoot[];
  readonly #arguments: readonly Readonly<Record<string, unknown>>[];
  readonly #ended: (end: RunEnd) => void;
  readonly #context: RunContext;
  readonly #outcomes: CallOutcome[] = [];
  #next = 0;
  #text = '{"data":{';
  #hasErrors = false;

  /** `argumentsOfCalls` in the order of the roots that are calls. */
  constructor(
    roots: readonly CompiledRoot[],
    argumentsOfCalls: readonly Readonly<Record<string, unknown>>[],
    ended: (end: RunEnd) => void,
    trace?: TraceContext,
  ) {
    this.#roots = roots;
    this.#arguments = argumentsOfCalls;
    this.#ended = ended;
    this.#context = trace === undefined ? NO_STORED_EVENTS : { ...NO_STORED_EVENTS, trace };
  }

  start(): void {
    for (; this.#next < this.#roots.length; this.#next += 1) {
      const root = this.#roots[this.#next] as CompiledRoot;
      if (root.type === 'constant') {
        this.#write(root.prefix, root.text);
        continue;
      }
      const values = this.#arguments[this.#outcomes.length] as Readonly<Record<string, unknown>>;
      let result: unknown;
      try {
        result = root.call(values, this.#context, root.responseKey);
      } catch (error) {
        if (!this.#failed(root, error)) return;
        continue;
      }
      if (result instanceof Promise) {
        result.then(
          (value: unknown) => this.#answered(root, value) && this.#goOn(),
          (error: unknown) => this.#failed(root, error) && this.#goOn(),
        );
        return;
      }
      if (!this.#answered(root, result)) return;
    }
    this.#end();
  }

  #goOn(): void {
    this.#next += 1;
    this.start();
  }

  /** Does the run go on? */
  #answered(root: CalledRoot, value: unknown): boolean {
    this.#outcomes.push({ type: 'value', value });
    const completed = root.complete(value);
    if (typeof completed === 'string') return this.#erred(completed === 'null' && root.isNonNull);
    this.#write(root.prefix, completed.text);
    return true;
  }

  #failed(root: CalledRoot, error: unknown): boolean {
    this.#outcomes.push({ type: 'failure', error });
    return this.#erred(root.isNonNull);
  }

  #erred(isOver: boolean): boolean {
    this.#hasErrors = true;
    if (isOver) this.#end();
    return !isOver;
  }

  #write(prefix: string, text: string): void {
    this.#text += this.#next === 0 ? prefix + text : `,${prefix}${text}`;
  }

  #end(): void {
    if (!this.#hasErrors) {
      this.#ended({ type: 'result', text: `${this.#text}}}` });
      return;
    }
    const calls = this.#roots.filter((root) => root.type === 'call');
    const outcomes = new Map(this.#outcomes.map((outcome, index) => [calls[index]?.responseKey ?? '', outcome]));
    this.#ended({ type: 'errors', outcomes });
  }
}
