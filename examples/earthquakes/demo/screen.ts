import type { Output } from '../../../src/cli/io.ts';
import { paint, printable } from '../../../src/cli/paint.ts';
import type { Subscriber } from './subscribers.ts';

/** Shows what subscribers get: a table drawn in place on a terminal, a line for each event otherwise. */
export class Screen {
  readonly #output: Output;
  readonly #subscribers: readonly Subscriber[];
  readonly #width: number;
  #drawn = false;

  constructor(output: Output, subscribers: readonly Subscriber[]) {
    this.#output = output;
    this.#subscribers = subscribers;
    this.#width = Math.max(...subscribers.map(({ interest }) => interest.name.length));
    if (output.isTTY) return;
    for (const subscriber of subscribers) {
      subscriber.onEvent = ({ interest, latest }) => output.write(`[${interest.name}] ${printable(latest)}\n`);
    }
  }

  /** Draws the table anew; does nothing without a terminal. `progress` runs from 0 to 1. */
  draw(progress: number): void {
    if (!this.#output.isTTY) return;
    const rows = this.#subscribers.map(({ interest, received, latest }) =>
      this.#row(interest.name, String(received), latest),
    );
    const done = `${Math.floor(progress * 100)}% of the week`;
    if (this.#drawn) this.#output.write(`\u001b[${rows.length + 1}A`);
    this.#drawn = true;
    for (const row of [...rows, paint(this.#output, 'dim', done)]) this.#output.write(`\u001b[2K${row}\n`);
  }

  #row(name: string, received: string, latest: string): string {
    const left = `${name.padEnd(this.#width)}  ${received.padStart(5)}  `;
    const room = Math.max(0, this.#output.columns - left.length - 1);
    return paint(this.#output, 'bold', left) + printable(latest).slice(0, room);
  }
}
