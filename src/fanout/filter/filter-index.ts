import type { JsonObject } from '../../json/value.ts';
import { SmallSet } from '../small-set.ts';
import type { CompiledFilter } from './compiled-filter.ts';
import type { EqualityDemand, Key, KeyReader } from './equality-demand.ts';

/** An item's place in the index. */
export interface IndexEntry<Item extends object> {
  readonly item: Item;
  /** What it is found by; undefined: it is looked at for every event. */
  readonly demand: EqualityDemand | undefined;
  /** What is still to be evaluated once it is found; undefined: nothing. */
  readonly rest: CompiledFilter | undefined;
}

interface FieldIndex<Item extends object> {
  readonly keysOf: KeyReader;
  readonly entries: Map<Key, SmallSet<IndexEntry<Item>>>;
  /** Entries that no event finds, so that they are in none of the sets. */
  unfindable: number;
}

/**
 * Items by their filters: finds those that let an event through. A filter that demands a value of a field is found by that value, so
 * that an event costs a look-up for each field in demand, and an evaluation for each item that was found or demands none.
 */
export class FilterIndex<Item extends object> {
  readonly #scanned = new SmallSet<IndexEntry<Item>>();
  /** By name of the field. */
  #fields: Map<string, FieldIndex<Item>> | undefined;

  /** No filter passes everything. The result is what `remove` takes. */
  add(item: Item, filter: CompiledFilter | undefined): IndexEntry<Item> {
    const demand = filter === undefined ? undefined : this.#choose(filter.demands);
    if (filter === undefined || demand === undefined) {
      const entry = { item, demand: undefined, rest: filter };
      this.#scanned.add(entry);
      return entry;
    }
    const entry = { item, demand, rest: filter.beyond(demand) };
    const field = this.#field(demand);
    if (demand.keys.length === 0) field.unfindable += 1;
    for (const key of demand.keys) {
      let entries = field.entries.get(key);
      if (entries === undefined) {
        entries = new SmallSet();
        field.entries.set(key, entries);
      }
      entries.add(entry);
    }
    return entry;
  }

  /** To be called once for each entry. */
  remove(entry: IndexEntry<Item>): void {
    const { demand } = entry;
    if (demand === undefined) {
      this.#scanned.delete(entry);
      return;
    }
    const field = this.#field(demand);
    if (demand.keys.length === 0) field.unfindable -= 1;
    for (const key of demand.keys) {
      const entries = field.entries.get(key);
      entries?.delete(entry);
      if (entries?.size === 0) field.entries.delete(key);
    }
    if (field.entries.size === 0 && field.unfindable === 0) this.#fields?.delete(demand.field);
  }

  /** Calls back with every item whose filter lets the event through, once each. */
  select(event: JsonObject, visit: (item: Item) => void): void {
    const examine = ({ item, rest }: IndexEntry<Item>): void => {
      if (rest === undefined || rest.passes(event)) visit(item);
    };
    this.#scanned.each(examine);
    if (this.#fields === undefined) return;
    for (const { keysOf, entries } of this.#fields.values()) {
      const keys = keysOf(event);
      const [only] = keys;
      if (only === undefined) continue;
      if (keys.length === 1) {
        entries.get(only)?.each(examine);
        continue;
      }
      // Several elements of a list may find the same item.
      const found = new Set<IndexEntry<Item>>();
      for (const key of keys) entries.get(key)?.each((entry) => found.add(entry));
      found.forEach(examine);
    }
  }

  /** Of several demands the one that is shared with the fewest others. */
  #choose(demands: readonly EqualityDemand[]): EqualityDemand | undefined {
    let best: EqualityDemand | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const demand of demands) {
      const entries = this.#fields?.get(demand.field)?.entries;
      let shared = demand.keys.length;
      for (const key of demand.keys) shared += entries?.get(key)?.size ?? 0;
      if (shared >= fewest) continue;
      best = demand;
      fewest = shared;
    }
    return best;
  }

  #field(demand: EqualityDemand): FieldIndex<Item> {
    this.#fields ??= new Map();
    let field = this.#fields.get(demand.field);
    if (field === undefined) {
      field = { keysOf: demand.keysOf, entries: new Map(), unfindable: 0 };
      this.#fields.set(demand.field, field);
    }
    return field;
  }
}
