/** Where cursors are kept between runs; `localStorage` and `sessionStorage` are such. All three are synchronous. */
export interface CursorStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** The place of one subscription's cursor. Whoever opened it releases it. */
export interface StoredCursor {
  readonly initial: string | undefined;
  save(cursor: string): void;
  remove(): void;
  release(): void;
}

/** The stored cursors of one client. */
export class CursorStore {
  readonly #storage: CursorStorage;
  readonly #used = new Set<string>();

  constructor(storage: CursorStorage) {
    this.#storage = storage;
  }

  /** Throws when another live subscription has the key: each would overwrite the position of the other, and lose events. */
  open(key: string): StoredCursor {
    if (this.#used.has(key)) {
      throw new Error(
        `The storage key ${JSON.stringify(key)} is in use by another subscription of this client. Give each its own from storageKey.`,
      );
    }
    const initial = this.#storage.getItem(key) || undefined;
    this.#used.add(key);
    return {
      initial,
      save: (cursor) => this.#storage.setItem(key, cursor),
      remove: () => this.#storage.removeItem(key),
      release: () => this.#used.delete(key),
    };
  }
}
