import type { Caller, OperationRequest, Operations, PreparedOperation } from './port.ts';

/** The operations of the schema that is served now. What was prepared before a change runs on as it was prepared. */
export class CurrentOperations implements Operations {
  #current: Operations;

  constructor(first: Operations) {
    this.#current = first;
  }

  replace(next: Operations): void {
    this.#current = next;
  }

  prepare(request: OperationRequest, caller: Caller): PreparedOperation {
    return this.#current.prepare(request, caller);
  }
}
