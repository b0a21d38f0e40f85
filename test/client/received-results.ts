import type { Sink } from 'graphql-ws/client';

/** A sink that remembers all it is given. */
export class ReceivedResults implements Sink<{ readonly data?: unknown }> {
  readonly numbers: unknown[] = [];
  readonly errors: unknown[] = [];
  completions = 0;

  next(result: { readonly data?: unknown }): void {
    this.numbers.push((result.data as { readonly n?: unknown } | undefined)?.n);
  }

  error(error: unknown): void {
    this.errors.push(error);
  }

  complete(): void {
    this.completions += 1;
  }

  get ended(): boolean {
    return this.errors.length + this.completions > 0;
  }
}
