import { type GraphQLSchema, parse, specifiedRules, validate } from 'graphql';
import type { WireError } from '../../error/operation-error.ts';
import { checkDocument, type DocumentRules, type InvalidDocument, type ValidDocument } from '../document.ts';
import { type ManifestEntry, readManifest } from './manifest.ts';

/** A document of the manifest, ready to run. */
export interface TrustedDocument {
  readonly text: string;
  readonly checked: ValidDocument;
}

export interface TrustedDocuments {
  /** By id. */
  readonly documents: ReadonlyMap<string, TrustedDocument>;
  /** What is wrong, with id, line and rule, each in one sentence without the name of the file. */
  readonly problems: readonly string[];
}

/** Checks every document of a manifest by the rules that hold for all requests, and names all mistakes. */
export function readTrustedDocuments(json: string, rules: DocumentRules): TrustedDocuments {
  const { entries, problems: found } = readManifest(json);
  const documents = new Map<string, TrustedDocument>();
  const problems = [...found];
  for (const entry of entries) {
    const checked = checkDocument(rules, entry.text);
    if (checked.type === 'invalid') problems.push(...documentProblems(entry, checked, rules.schema));
    else {
      documents.set(entry.id, { text: entry.text, checked });
      problems.push(...contradictions(entry, checked));
    }
  }
  return { documents, problems };
}

function documentProblems({ id, text }: ManifestEntry, checked: InvalidDocument, schema: GraphQLSchema): string[] {
  const errors = checked.stage === 'validation' ? errorsByRule(text, schema) : [];
  const named = errors.length > 0 ? errors : checked.errors.map((error) => ({ error, rule: nameOf(error) }));
  return named.map(({ error, rule }) => {
    const line = error.locations?.[0]?.line;
    return `${id}${line === undefined ? '' : `, line ${line}`}: ${error.message} (${rule})`;
  });
}

/** Errors do not say which rule they come from, so the rules are tried one by one. */
function errorsByRule(
  text: string,
  schema: GraphQLSchema,
): readonly { readonly error: Pick<WireError, 'message' | 'locations'>; readonly rule: string }[] {
  const document = parse(text);
  return specifiedRules.flatMap((rule) =>
    validate(schema, document, [rule]).map(({ message, locations }) => ({
      error: { message, ...(locations === undefined ? {} : { locations }) },
      rule: rule.name.replace(/Rule$/, ''),
    })),
  );
}

/** The rule of what is refused before validation: the limit, or the code. */
function nameOf({ extensions: { code, limit } }: WireError): string {
  return typeof limit === 'string' ? limit : code;
}

/** What an Apollo manifest says of a document beside its text has to be true. */
function contradictions({ id, name, kind }: ManifestEntry, { operations }: ValidDocument): string[] {
  if (name === undefined && kind === undefined) return [];
  const named = operations.filter((operation) => name === undefined || operation.name?.value === name);
  if (named.length === 0) return [`${id}: the document has no operation of the name ${name}.`];
  if (kind === undefined || named.some(({ operation }) => operation === kind)) return [];
  return [`${id}: the document has no ${kind}${name === undefined ? '' : ` of the name ${name}`}.`];
}
