import { type Aggregator, Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { PlainHistogram } from './plain-histogram.ts';

/** What a metric is called and means. */
export interface Definition {
  readonly name: string;
  /** One sentence, with the unit where the name has none. */
  readonly help: string;
  /** Their values come from the schema or from lists in the code, never from a client (A73). */
  readonly labelNames?: readonly string[];
  /** Over several workers; default: the sum. */
  readonly aggregator?: Aggregator;
}

export type Labels = Readonly<Record<string, string>>;

/** Called at a scrape: gives each value that there is, or one without labels. */
export type Reading = (give: (value: number, labels?: Labels) => void) => void;

/** A counter whose value is kept elsewhere and copied at a scrape. */
export function copiedCounter(registry: Registry, { labelNames = [], ...definition }: Definition, read: Reading): void {
  new Counter({
    ...definition,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      this.reset();
      read((value, labels = {}) => this.inc(labels, value));
    },
  });
}

/** A gauge whose value is kept elsewhere and copied at a scrape. */
export function copiedGauge(registry: Registry, { labelNames = [], ...definition }: Definition, read: Reading): void {
  new Gauge({
    ...definition,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      this.reset();
      read((value, labels = {}) => this.set(labels, value));
    },
  });
}

/** A histogram that is kept elsewhere, once for each value of its label, and copied at a scrape. */
export function copiedHistogram(
  registry: Registry,
  { labelNames = [], ...definition }: Definition,
  bounds: readonly number[],
  read: () => Iterable<readonly [labels: Labels, histogram: PlainHistogram]>,
): void {
  registry.registerMetric(
    new CopiedHistogram({ ...definition, labelNames: [...labelNames], buckets: [...bounds], registers: [] }, read),
  );
}

type CopiedValues = Awaited<ReturnType<Histogram<string>['get']>>;

class CopiedHistogram extends Histogram<string> {
  readonly #read: () => Iterable<readonly [labels: Labels, histogram: PlainHistogram]>;
  readonly #definition: Definition;

  constructor(
    definition: ConstructorParameters<typeof Histogram<string>>[0],
    read: () => Iterable<readonly [labels: Labels, histogram: PlainHistogram]>,
  ) {
    super(definition);
    this.#definition = { name: definition.name, help: definition.help };
    this.#read = read;
  }

  override get(): Promise<CopiedValues> {
    return Promise.resolve(this.#copy());
  }

  /** prom-client asks this one for Prometheus's text. */
  getForPromString(): Promise<CopiedValues> {
    return this.get();
  }

  #copy(): CopiedValues {
    const { name, help } = this.#definition;
    const values: CopiedValues['values'] = [];
    for (const [labels, histogram] of this.#read()) {
      let count = 0;
      histogram.counts.forEach((inBucket, index) => {
        count += inBucket;
        const le = histogram.bounds[index] ?? '+Inf';
        values.push({ metricName: `${name}_bucket`, labels: { le, ...labels }, value: count });
      });
      values.push({ metricName: `${name}_sum`, labels: { ...labels }, value: histogram.sum });
      values.push({ metricName: `${name}_count`, labels: { ...labels }, value: count });
    }
    // prom-client's type asks for a `collect`, which its own reports do not have and which could not be sent to another process, and
    // names the kind of metric by an enum without values.
    return { name, help, type: 'histogram', aggregator: 'sum', values } as unknown as CopiedValues;
  }
}
