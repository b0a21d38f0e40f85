import type { CheckedDocument } from './document.ts';

/**
 * An operation text costs about this many times its length once it is parsed (105 to 120) and its plan is compiled (70 to 80; more
 * for texts full of `@skip` and `@include` by variables).
 */
const BYTES_PER_CHARACTER = 200;

/** Texts above this are not worth a place: they would push many small ones out. In characters. */
const LONGEST_CACHED_TEXT = 16_384;

/**
 * Checked documents by their text: least recently used out first, bounded in (estimated) bytes, default 32 MiB (A37).
 * Failures are cached too; they are smaller than what they save.
 */
export class DocumentCache {
  readonly #check: (text: string) => CheckedDocument;
  readonly #capacityBytes: number;
  readonly #entries = new Map<string, CheckedDocument>();
  #bytes = 0;
  /** Texts that were known, and that were not. */
  hits = 0;
  misses = 0;

  constructor(check: (text: string) => CheckedDocument, capacityBytes = 33_554_432) {
    this.#check = check;
    this.#capacityBytes = capacityBytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(text: string): CheckedDocument {
    const known = this.#entries.get(text);
    if (known !== undefined) {
      this.hits += 1;
      this.#entries.delete(text);
      this.#entries.set(text, known);
      return known;
    }
    this.misses += 1;
    const checked = this.#check(text);
    if (text.length <= LONGEST_CACHED_TEXT) this.#keep(text, checked);
    return checked;
  }

  #keep(text: string, checked: CheckedDocument): void {
    this.#entries.set(text, checked);
    this.#bytes += cost(text);
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#capacityBytes) break;
      this.#entries.delete(oldest);
      this.#bytes -= cost(oldest);
    }
  }
}

function cost(text: string): number {
  return 512 + text.length * BYTES_PER_CHARACTER;
}
