/** One operation of a manifest. */
export interface ManifestEntry {
  readonly id: string;
  readonly text: string;
  /** As the manifest has them; undefined where it does not say. */
  readonly name: string | undefined;
  readonly kind: string | undefined;
}

export interface ReadManifest {
  readonly entries: readonly ManifestEntry[];
  /** What is wrong, each in one sentence without the name of the file. */
  readonly problems: readonly string[];
}

const FORMAT = 'apollo-persisted-query-manifest';
const SHAPES =
  'Write {"<id>": "<document>", …} as Relay does, or an apollo-persisted-query-manifest of version 1 with its operations.';

/** Reads the JSON text of a manifest of persisted operations, in Relay's shape or in Apollo's. Pure. */
export function readManifest(json: string): ReadManifest {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    return broken(`It is not valid JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
  if (!isObject(value)) return broken(`It is not a JSON object. ${SHAPES}`);
  return Object.hasOwn(value, 'format') && typeof value['format'] === 'string' && Object.hasOwn(value, 'operations')
    ? readApollo(value)
    : readRelay(value);
}

function readApollo(manifest: Readonly<Record<string, unknown>>): ReadManifest {
  const { format, version, operations } = manifest;
  if (format !== FORMAT) return broken(`Its format is not ${FORMAT}. ${SHAPES}`);
  if (version !== 1) return broken('Its version is not 1, the only one that is understood.');
  if (!Array.isArray(operations)) return broken('Its operations are not an array.');
  const entries: ManifestEntry[] = [];
  const problems: string[] = [];
  const ids = new Set<string>();
  operations.forEach((operation: unknown, index) => {
    const entry = apolloEntry(operation);
    if (entry === undefined) {
      problems.push(`Operation ${index + 1} needs an id and a body, both texts that are not empty.`);
    } else if (ids.has(entry.id)) problems.push(`The id ${entry.id} is there twice.`);
    else {
      ids.add(entry.id);
      entries.push(entry);
    }
  });
  return { entries, problems };
}

function apolloEntry(operation: unknown): ManifestEntry | undefined {
  if (!isObject(operation)) return undefined;
  const { id, body, name, type } = operation;
  if (!isText(id) || !isText(body)) return undefined;
  return { id, text: body, name: isText(name) ? name : undefined, kind: isText(type) ? type : undefined };
}

function readRelay(manifest: Readonly<Record<string, unknown>>): ReadManifest {
  const entries: ManifestEntry[] = [];
  const problems: string[] = [];
  for (const [id, text] of Object.entries(manifest)) {
    if (isText(id) && isText(text)) entries.push({ id, text, name: undefined, kind: undefined });
    else problems.push(`The document of the id ${JSON.stringify(id)} is not a text. ${SHAPES}`);
  }
  return { entries, problems };
}

function broken(problem: string): ReadManifest {
  return { entries: [], problems: [problem] };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
