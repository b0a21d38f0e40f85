import type { HttpResponse } from 'uWebSockets.js';

/**
 * Writes pieces of a response body inside one cork, so that they leave in as few system calls as the bytes need. One instance serves
 * all responses, one call at a time: a closure per subscriber and batch would be garbage on a hot path.
 */
export class CorkedWrite {
  #response: HttpResponse | undefined;
  #pieces: readonly (string | Uint8Array)[] = [];
  #count = 0;
  #full = false;
  readonly #run: () => void = () => {
    const response = this.#response;
    if (response === undefined) return;
    for (const piece of this.#pieces) {
      this.#count += 1;
      this.#full = !response.write(piece);
      if (this.#full) return;
    }
  };

  /** Did the last piece that `write` handed over find the socket full? uWebSockets.js keeps what of it did not fit. */
  get full(): boolean {
    return this.#full;
  }

  /** Stops behind the first piece that does not fit. Returns how many were handed over; an empty piece must not be among them. */
  write(response: HttpResponse, pieces: readonly (string | Uint8Array)[]): number {
    this.#response = response;
    this.#pieces = pieces;
    this.#count = 0;
    this.#full = false;
    response.cork(this.#run);
    this.#response = undefined;
    this.#pieces = [];
    return this.#count;
  }
}
