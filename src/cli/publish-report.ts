import { stringifyJson } from '../json/text.ts';
import type { CliIo } from './io.ts';
import { paint, printable } from './paint.ts';
import type { EventOutcome } from './publish-events.ts';

/** The progress line is drawn anew at most once per this many events. */
const PROGRESS_STEP = 100;

/** Tells what became of each event as it is known, and counts. */
export class PublishReport {
  readonly #io: CliIo;
  readonly #source: string;
  readonly #json: boolean;
  readonly #counts: Record<EventOutcome['type'], number> = { acknowledged: 0, rejected: 0, unavailable: 0, unknown: 0 };
  #shownAt = 0;

  /** `source` names the input in messages. */
  constructor(io: CliIo, source: string, json: boolean) {
    this.#io = io;
    this.#source = source;
    this.#json = json;
  }

  add(outcomes: readonly EventOutcome[]): void {
    for (const outcome of outcomes) {
      this.#counts[outcome.type] += 1;
      if (this.#json) this.#io.stdout.write(`${jsonLine(outcome)}\n`);
      else if (outcome.type !== 'acknowledged') this.#failure(outcome);
    }
    this.#progress();
  }

  /** Prints the closing count; true when there were events and all of them were acknowledged. */
  finish(): boolean {
    const { acknowledged, rejected, unavailable, unknown } = this.#counts;
    this.#clearProgress();
    // With --json stdout belongs to the receipts.
    const output = this.#json ? this.#io.stderr : this.#io.stdout;
    const counts = `${number(acknowledged)} acknowledged, ${number(rejected)} rejected, ${number(unavailable)} unavailable, ${number(unknown)} unknown`;
    const good = rejected + unavailable + unknown === 0;
    output.write(`${paint(output, good ? 'green' : 'red', counts)}\n`);
    return good && acknowledged > 0;
  }

  #failure(outcome: Exclude<EventOutcome, { type: 'acknowledged' }>): void {
    this.#clearProgress();
    const { stderr } = this.#io;
    const place = paint(stderr, 'bold', printable(`${this.#source}:${outcome.line}`));
    const code = outcome.code === '' ? '' : ` (${outcome.code})`;
    stderr.write(`${place}  ${outcome.type}${printable(code)}: ${printable(outcome.message)}\n`);
  }

  #progress(): void {
    const { stderr } = this.#io;
    const total = Object.values(this.#counts).reduce((sum, count) => sum + count, 0);
    if (!stderr.isTTY || this.#json || total - this.#shownAt < PROGRESS_STEP) return;
    this.#shownAt = total;
    stderr.write(`\r${number(this.#counts.acknowledged)} acknowledged of ${number(total)}`);
  }

  #clearProgress(): void {
    if (this.#shownAt > 0) this.#io.stderr.write('\r\u001b[K');
    this.#shownAt = 0;
  }
}

function jsonLine(outcome: EventOutcome): string {
  switch (outcome.type) {
    case 'acknowledged':
      return stringifyJson({ line: outcome.line, outcome: outcome.type, receipt: outcome.receipt });
    case 'rejected':
    case 'unavailable':
    case 'unknown':
      return stringifyJson({ line: outcome.line, outcome: outcome.type, code: outcome.code, message: outcome.message });
    default:
      return outcome satisfies never;
  }
}

/** `1,707`, whatever the machine's language. */
function number(value: number): string {
  return value.toLocaleString('en-US');
}
