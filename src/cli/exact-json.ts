/** A number kept as its JSON text: `JSON.stringify` writes it as it was. */
interface RawNumber {
  readonly rawJSON: string;
}

/** What the engine has beyond the library types: the source text of a value for a reviver, and raw JSON for output. */
interface ExactJson {
  rawJSON(text: string): RawNumber;
}

const exact = JSON as unknown as ExactJson;

/** A `JSON.parse` reviver that keeps integers which a double would round as raw numbers. */
export function exactNumbers(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined) return value;
  return Number.isSafeInteger(value) || !/^-?\d+$/.test(source) ? value : exact.rawJSON(source);
}

/** A `JSON.stringify` replacer that writes bigints as integer literals. */
export function withExactNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? exact.rawJSON(value.toString()) : value;
}
