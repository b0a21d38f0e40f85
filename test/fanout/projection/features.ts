/** What a generated case exercises; the property test prints how often each came up, and how often graphql-js had to help. */
export const FEATURES = [
  'alias',
  'prototype name',
  'named fragment',
  'inline fragment',
  '@skip or @include',
  '@skip or @include with a variable',
  '__typename',
  'merged fields',
  'nested 5 deep or more',
  'interface',
  'union',
  'list',
  'list of lists',
  'enum',
  'String',
  'Int',
  'Float',
  'Boolean',
  'ID',
  'DateTime',
  'Timestamp',
  'Long',
  'JSON',
  'Cursor',
  'custom scalar',
  'integer beyond 2^53',
  'error',
  'built-in scalar in error',
  'DateTime in error',
  'Timestamp in error',
  'Long in error',
  'Cursor in error',
  'custom scalar in error',
  'enum in error',
  'list in error',
  'object in error',
  'null propagation',
  'type resolution in error',
  'topic argument',
  'renamed topic argument',
  'discriminator',
  'parameter filled in',
  'where that passes',
  'where that does not pass',
  'scalar or resolver that breaks its contract',
] as const;

export type Feature = (typeof FEATURES)[number];

/** What one case did. */
export interface CaseCount {
  readonly features: Iterable<Feature>;
  /** Was the operation not compiled? */
  readonly fellBack: boolean;
  /** Was this one event executed by graphql-js? */
  readonly executed: boolean;
}

interface Row {
  cases: number;
  fallbacks: number;
  executed: number;
}

export class FeatureTable {
  readonly #rows = new Map<Feature, Row>(FEATURES.map((feature) => [feature, { cases: 0, fallbacks: 0, executed: 0 }]));

  add({ features, fellBack, executed }: CaseCount): void {
    for (const feature of features) {
      const row = this.of(feature);
      row.cases += 1;
      if (fellBack) row.fallbacks += 1;
      if (executed) row.executed += 1;
    }
  }

  of(feature: Feature): Row {
    const row = this.#rows.get(feature);
    if (row === undefined) throw new Error(`no row for ${feature}`);
    return row;
  }

  /** One line a feature: cases, operations that fell back, single events that graphql-js executed. */
  lines(): readonly string[] {
    const line = (name: string, ...numbers: readonly (string | number)[]): string =>
      name.padEnd(46) + numbers.map((number) => String(number).padStart(10)).join('');
    return [
      line('feature', 'cases', 'fallbacks', 'executed'),
      ...[...this.#rows].map(([name, row]) => line(name, row.cases, row.fallbacks, row.executed)),
    ];
  }
}
