import { createHash } from 'node:crypto';
import type { ErrorCode } from '../../error/operation-error.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { ValidDocument } from '../document.ts';
import type { OperationRequest, RefusedOperation } from '../port.ts';
import { refused } from '../refusal.ts';
import type { TrustedDocument } from './trusted-documents.ts';

export interface PersistedOptions {
  /** By id. */
  readonly documents: ReadonlyMap<string, TrustedDocument>;
  /** Locked mode (A61): nothing else runs. */
  readonly only: boolean;
}

/** What a request asks to run. */
export type NamedDocument =
  | { readonly type: 'persisted'; readonly document: ValidDocument }
  /** Its own text. */
  | { readonly type: 'text' }
  | RefusedOperation;

const TEXT: NamedDocument = { type: 'text' };

/** A61: one answer to everything that is not in the manifest. */
const ONLY_PERSISTED = refusal(
  'PERSISTED_OPERATION_REQUIRED',
  'This server runs the operations of its manifest only: send the id of one of them, and no document, or exactly its own.',
);
const NOT_FOUND = refusal('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound');
const NOT_SUPPORTED = refusal('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');

/**
 * Persisted operations: documents that a request names by its `documentId` (or `id`), or by `extensions.persistedQuery.sha256Hash`
 * as Apollo's clients do. They come from a manifest; a client cannot register any: a document that it sends with its hash runs
 * without being kept.
 */
export class PersistedOperations {
  readonly #documents: ReadonlyMap<string, TrustedDocument>;
  readonly #only: boolean;

  constructor({ documents, only }: PersistedOptions) {
    this.#documents = documents;
    this.#only = only;
  }

  find(request: OperationRequest): NamedDocument {
    const hash = readHash(request.extensions);
    if (this.#only)
      return this.#findLocked(request, request.documentId ?? (hash.type === 'hash' ? hash.hash : undefined));
    if (hash.type === 'invalid') return refusal('BAD_USER_INPUT', hash.message);
    if (hash.type === 'hash' && request.documentId !== undefined && request.documentId !== hash.hash) {
      return refusal('BAD_USER_INPUT', '`documentId` and `extensions.persistedQuery` name different documents.');
    }
    const id = request.documentId ?? (hash.type === 'hash' ? hash.hash : undefined);
    if (id === undefined) return TEXT;
    const known = this.#documents.get(id);
    if (known !== undefined) {
      if (request.query === '' || request.query === known.text) return { type: 'persisted', document: known.checked };
      return refusal('BAD_USER_INPUT', 'The document that was sent is not the persisted one of this id.');
    }
    if (request.query === '') return this.#documents.size === 0 ? NOT_SUPPORTED : NOT_FOUND;
    if (hash.type === 'hash' && hash.hash !== sha256(request.query)) {
      return refusal('BAD_USER_INPUT', 'The hash in `extensions.persistedQuery` is not that of the document.');
    }
    return TEXT;
  }

  #findLocked({ query }: OperationRequest, id: string | undefined): NamedDocument {
    const known = id === undefined ? undefined : this.#documents.get(id);
    if (known === undefined || (query !== '' && query !== known.text)) return ONLY_PERSISTED;
    return { type: 'persisted', document: known.checked };
  }
}

type ReadHash =
  | { readonly type: 'none' }
  | { readonly type: 'hash'; readonly hash: string }
  | { readonly type: 'invalid'; readonly message: string };

/** `extensions.persistedQuery`, as Apollo's clients send it: `{ version: 1, sha256Hash }`. */
function readHash(extensions: JsonObject | undefined): ReadHash {
  const persisted = extensions === undefined ? undefined : (own(extensions, 'persistedQuery') ?? undefined);
  if (persisted === undefined) return { type: 'none' };
  if (typeof persisted === 'object' && persisted !== null && !Array.isArray(persisted)) {
    const hash = own(persisted as JsonObject, 'sha256Hash');
    const version = own(persisted as JsonObject, 'version');
    if (typeof hash === 'string' && hash !== '' && version === 1) return { type: 'hash', hash };
  }
  return {
    type: 'invalid',
    message: '`extensions.persistedQuery` must be { "version": 1, "sha256Hash": "…" }.',
  };
}

function own(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function refusal(code: ErrorCode, message: string): RefusedOperation {
  return refused('operation', [{ message, extensions: { code } }]);
}
