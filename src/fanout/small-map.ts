/** A map that costs no more than two fields while it holds one entry: most streams have one instance, one selection and one group. */
export class SmallMap<Key, Value extends object> {
  #key: Key | undefined;
  /** Undefined while there is no entry, or more than one has been. */
  #value: Value | undefined;
  #map: Map<Key, Value> | undefined;

  get size(): number {
    return this.#map === undefined ? Number(this.#value !== undefined) : this.#map.size;
  }

  /** The value of the only entry; undefined when there is none, or have been several. */
  get sole(): Value | undefined {
    return this.#value;
  }

  get(key: Key): Value | undefined {
    if (this.#map !== undefined) return this.#map.get(key);
    return this.#key === key ? this.#value : undefined;
  }

  set(key: Key, value: Value): void {
    if (this.#map !== undefined) {
      this.#map.set(key, value);
    } else if (this.#value === undefined || this.#key === key) {
      this.#key = key;
      this.#value = value;
    } else {
      this.#map = new Map([
        [this.#key as Key, this.#value],
        [key, value],
      ]);
      this.#key = undefined;
      this.#value = undefined;
    }
  }

  delete(key: Key): void {
    if (this.#map !== undefined) {
      this.#map.delete(key);
      if (this.#map.size === 0) this.#map = undefined;
    } else if (this.#key === key) {
      this.#key = undefined;
      this.#value = undefined;
    }
  }

  /** Entries may come and go meanwhile, as with `Map`. */
  each(visit: (value: Value) => void): void {
    if (this.#map !== undefined) for (const value of this.#map.values()) visit(value);
    else if (this.#value !== undefined) visit(this.#value);
  }

  clear(): void {
    this.#key = undefined;
    this.#value = undefined;
    this.#map = undefined;
  }
}
