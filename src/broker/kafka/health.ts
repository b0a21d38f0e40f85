import type { StatusHolder } from '../status.ts';

/** Why the adapter is not well, by source; none of them is well. The order is the order of importance. */
export type Trouble = 'contact' | 'topics' | 'partitions' | 'reading';

const ORDER: readonly Trouble[] = ['contact', 'topics', 'partitions', 'reading'];

/** Sums up what the parts of the adapter know into its one status. */
export class Health {
  readonly #status: StatusHolder;
  readonly #troubles = new Map<Trouble, string>();
  #contacted = false;

  constructor(status: StatusHolder) {
    this.#status = status;
  }

  /** Kafka answered. The first time ends `connecting`. */
  answered(): void {
    this.#contacted = true;
    this.clear('contact');
  }

  /** `detail` is for people, and names what to do where that is not plain. */
  report(trouble: Trouble, detail: string): void {
    this.#troubles.set(trouble, detail);
    this.#tell();
  }

  clear(trouble: Trouble): void {
    this.#troubles.delete(trouble);
    this.#tell();
  }

  #tell(): void {
    if (!this.#contacted) {
      const why = this.#troubles.get('contact');
      if (why !== undefined) this.#status.waiting(why);
      return;
    }
    for (const trouble of ORDER) {
      const detail = this.#troubles.get(trouble);
      if (detail !== undefined) {
        this.#status.down(detail);
        return;
      }
    }
    this.#status.up();
  }
}
