/** A socket for whose peer bytes may wait in the memory of this process. */
export interface WaitingSocket {
  /** How many wait; kept by `WaitingBytes`. */
  waitingBytes: number;
  /**
   * Asks its peer to connect again, here or elsewhere, and gives it a last chance to take what waits. Called again, it gives that up
   * at once. True the first time. Must not throw.
   */
  shed(): boolean;
}

/** The bytes that wait for all peers of a listener, as a running count, and whose they are. */
export class WaitingBytes {
  readonly #sockets = new Set<WaitingSocket>();
  #total = 0;
  #limit = Number.POSITIVE_INFINITY;
  #onAbove: () => void = () => {};

  get total(): number {
    return this.#total;
  }

  /** More wait than the limit. Then a socket for which anything waits counts as full. */
  get above(): boolean {
    return this.#total > this.#limit;
  }

  /** Sets the limit, and who is called when it is crossed upwards. */
  limit(bytes: number, onAbove: () => void): void {
    this.#limit = bytes;
    this.#onAbove = onAbove;
  }

  /** So many bytes wait for the socket's peer now; 0 also when the socket is gone. */
  update(socket: WaitingSocket, bytes: number): void {
    if (bytes === socket.waitingBytes) return;
    if (bytes === 0) this.#sockets.delete(socket);
    else if (socket.waitingBytes === 0) this.#sockets.add(socket);
    const wasAbove = this.above;
    this.#total += bytes - socket.waitingBytes;
    socket.waitingBytes = bytes;
    if (this.above && !wasAbove) this.#onAbove();
  }

  /** Those with most bytes first. */
  slowestFirst(): readonly WaitingSocket[] {
    return [...this.#sockets].sort((a, b) => b.waitingBytes - a.waitingBytes);
  }
}
