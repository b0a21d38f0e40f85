import type { JsonObject } from '../../json/value.ts';
import type { EqualityDemand } from './equality-demand.ts';

/** A verdict on one event. */
export type EventFilter = (event: JsonObject) => boolean;

/** One of the conditions that must all hold. */
export interface Conjunct {
  readonly passes: EventFilter;
  /** What an index may look the condition up by; undefined when it has to be evaluated. */
  readonly demand: EqualityDemand | undefined;
}

/** A compiled `where`: a list of conditions that must all hold. An empty one passes everything. */
export class CompiledFilter {
  readonly #conjuncts: readonly Conjunct[];

  constructor(conjuncts: readonly Conjunct[]) {
    this.#conjuncts = conjuncts;
  }

  passes(event: JsonObject): boolean {
    for (const conjunct of this.#conjuncts) if (!conjunct.passes(event)) return false;
    return true;
  }

  /** The conditions that an index can find it by; one of them is enough. */
  get demands(): readonly EqualityDemand[] {
    return this.#conjuncts.flatMap(({ demand }) => demand ?? []);
  }

  /** What is left to evaluate on an event that meets the demand; undefined when that is nothing. */
  beyond(demand: EqualityDemand): CompiledFilter | undefined {
    const rest = this.#conjuncts.filter((conjunct) => conjunct.demand !== demand || !demand.exact);
    return rest.length === 0 ? undefined : new CompiledFilter(rest);
  }
}
