/** What a generated case exercises; the property test shows how often each came up. */
export const FEATURES = [
  'alias',
  'prototype alias',
  'named fragment',
  'inline fragment',
  'skip or include',
  'variable',
  '__typename',
  'interface',
  'union',
  'list of lists',
  'enum',
  'custom scalar',
  'merged fields',
  'bigint',
  'error',
  'scalar error',
  'null propagation',
  'type resolution error',
] as const;

export type Feature = (typeof FEATURES)[number];

export class FeatureCounts {
  readonly #counts = new Map<Feature, number>(FEATURES.map((feature) => [feature, 0]));

  add(feature: Feature, times = 1): void {
    this.#counts.set(feature, this.of(feature) + times);
  }

  of(feature: Feature): number {
    return this.#counts.get(feature) ?? 0;
  }

  toString(): string {
    return [...this.#counts].map(([feature, count]) => `${feature} ${count}`).join(', ');
  }
}
