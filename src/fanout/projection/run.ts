import type { FieldNode, GraphQLError } from 'graphql';
import { errorText } from './error-text.ts';

/**
 * Completes one value (CompleteValue, GraphQL specification §6.4.3) as JSON text. Undefined: the value is in error, the error is
 * recorded, and the caller makes its position null or, where it may not be null, is in error itself (P85).
 */
export type Completer<Value> = (value: Value, run: Run) => string | undefined;

/** Where one group of merged field nodes stands: what an error there says of itself. */
export interface FieldPlace {
  readonly parentTypeName: string;
  readonly fieldName: string;
  readonly nodes: readonly FieldNode[];
}

/** Thrown when an event needs what only graphql-js itself can say; the event is executed instead. */
export const executeThisEvent: unique symbol = Symbol('execute this event');

/**
 * The state of one projection while it works on one event; used again for the next. A position's depth in the response is known
 * when it is compiled, so that descending costs one store and the path is put together only for an error.
 */
export class Run {
  /** Response keys and list indices from the root; what lies beyond the current depth is stale. */
  readonly path: (string | number)[] = [];
  #errors: string | undefined;

  /** Records an error at the path's first `depth` steps. Returns what a completer returns then. */
  fail(message: string, place: FieldPlace, depth: number): undefined {
    const locations = place.nodes.flatMap(({ loc }) =>
      loc === undefined ? [] : [{ line: loc.startToken.line, column: loc.startToken.column }],
    );
    const text = errorText(message, locations.length > 0 ? locations : undefined, this.path.slice(0, depth));
    this.#errors = this.#errors === undefined ? text : `${this.#errors},${text}`;
    return undefined;
  }

  /** The errors array as JSON text, undefined when there was none; the next event starts afresh. */
  takeErrors(): string | undefined {
    const errors = this.#errors;
    if (errors === undefined) return undefined;
    this.#errors = undefined;
    return `[${errors}]`;
  }
}

/** The message of an error that a type's own code threw (a scalar, `resolveType`). */
export function messageOf(error: unknown): string {
  // What is no Error, or brings its own place along, is described by graphql-js.
  if (!(error instanceof Error) || isLocated(error)) throw executeThisEvent;
  return error.message;
}

function isLocated(error: Error): boolean {
  const { path, nodes, positions } = error as Partial<GraphQLError>;
  return path !== undefined || nodes !== undefined || positions !== undefined;
}
