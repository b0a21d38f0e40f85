import type { Clock } from '../time/clock.ts';
import type { CliIo } from './io.ts';
import { paint, printable } from './paint.ts';
import type { SubscriptionResult } from './watch-subscription.ts';

/** Prints the results of a subscription: for people on a terminal, one JSON object a line otherwise. */
export class EventPrinter {
  readonly #io: CliIo;
  readonly #machine: boolean;
  readonly #clock: Clock;

  /** `json`: for machines also on a terminal. */
  constructor(io: CliIo, json: boolean, clock: Clock) {
    this.#io = io;
    this.#machine = json || !io.stdout.isTTY;
    this.#clock = clock;
  }

  result(result: SubscriptionResult): void {
    const { stdout } = this.#io;
    if (this.#machine) {
      stdout.write(`${JSON.stringify(result)}\n`);
      return;
    }
    const scan = result.extensions?.['scan'];
    if (scan !== undefined) this.notice('There may be older events that match: the search for them was cut.');
    const gap = result.extensions?.['gap'];
    if (gap !== undefined) stdout.write(`${paint(stdout, 'yellow', `gap: events may be missing ${line(gap)}`)}\n`);
    for (const [field, event] of Object.entries(result.data ?? {})) {
      const head = `${paint(stdout, 'dim', this.#time())} ${paint(stdout, 'cyan', printable(field))} `;
      stdout.write(`${head}${this.#event(event, field.length + 10)}\n`);
    }
    for (const { message, path } of result.errors ?? []) {
      const place = path === undefined ? '' : ` at ${path.join('.')}`;
      stdout.write(`${paint(stdout, 'red', printable(`error${place}: ${message}`))}\n`);
    }
  }

  /** Something about the connection; never on stdout, which belongs to the events. */
  notice(text: string): void {
    this.#io.stderr.write(`${paint(this.#io.stderr, 'yellow', printable(text))}\n`);
  }

  /** On one line where it fits beside `used` characters. */
  #event(event: unknown, used: number): string {
    const { stdout } = this.#io;
    if (typeof event !== 'object' || event === null) return line(event);
    const members = Object.entries(event);
    const plain = members.map(([name, value]) => `${name} ${line(value)}`).join('  ');
    if (used + plain.length > stdout.columns) return printable(JSON.stringify(event, null, 2), { lines: true });
    return members.map(([name, value]) => `${paint(stdout, 'dim', printable(name))} ${line(value)}`).join('  ');
  }

  #time(): string {
    return new Date(this.#clock.now()).toISOString().slice(11, 19);
  }
}

function line(value: unknown): string {
  return printable(JSON.stringify(value) ?? 'null');
}
