import type { ConcreteRequest, NormalizationScalarField, ReaderScalarField } from 'relay-runtime';
import { OPERATIONS, type OperationName } from './stock-client.ts';

/** A leaf or an object of an artifact's selection. */
type Field =
  | string
  | { readonly name: string; readonly type: string; readonly plural?: true; readonly fields: readonly Field[] };

const NOTE: Field = { name: 'note', type: 'Note', fields: ['id', 'text'] };
const TOPICS: Field = { name: 'topics', type: 'TopicInfo', plural: true, fields: ['name', 'delivery'] };

/** What Relay's compiler would write for the operations of the scenario. */
export const ARTIFACTS: Readonly<Record<OperationName, ConcreteRequest>> = {
  topics: artifact('topics', 'query', TOPICS),
  brokenQuery: artifact('brokenQuery', 'query', TOPICS),
  notes: artifact('notes', 'subscription', NOTE),
  brokenSubscription: artifact('brokenSubscription', 'subscription', NOTE),
  publish: artifact('publish', 'mutation', {
    name: 'publishNote',
    type: 'PublishReceipt',
    fields: ['topic', 'cursor'],
  }),
};

function artifact(operation: OperationName, kind: 'query' | 'mutation' | 'subscription', root: Field): ConcreteRequest {
  const text = OPERATIONS[operation];
  const name = /^\w+ (\w+)/.exec(text)?.[1] ?? operation;
  const argumentDefinitions =
    operation === 'publish' ? [{ defaultValue: null, kind: 'LocalArgument' as const, name: 'event' }] : [];
  const args = operation === 'publish' ? [{ kind: 'Variable' as const, name: 'event', variableName: 'event' }] : null;
  const selections = [selectionOf(root, args)];
  const type = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
  return {
    kind: 'Request',
    fragment: { argumentDefinitions, kind: 'Fragment', metadata: null, name, selections, type, abstractKey: null },
    operation: { argumentDefinitions, kind: 'Operation', name, selections },
    params: { cacheID: `scenario ${name}`, id: null, metadata: {}, name, operationKind: kind, text },
  };
}

type Arguments = readonly { readonly kind: 'Variable'; readonly name: string; readonly variableName: string }[] | null;

/** Fields with the same members serve to normalise a response and to read the store. */
function selectionOf(
  field: Field,
  args: Arguments = null,
): (NormalizationScalarField & ReaderScalarField) | LinkedField {
  if (typeof field === 'string') return { alias: null, args: null, kind: 'ScalarField', name: field, storageKey: null };
  return {
    alias: null,
    args,
    concreteType: field.type,
    kind: 'LinkedField',
    name: field.name,
    plural: field.plural ?? false,
    selections: field.fields.map((inner) => selectionOf(inner)),
    storageKey: null,
  };
}

interface LinkedField {
  readonly alias: null;
  readonly args: Arguments;
  readonly concreteType: string;
  readonly kind: 'LinkedField';
  readonly name: string;
  readonly plural: boolean;
  readonly selections: readonly ((NormalizationScalarField & ReaderScalarField) | LinkedField)[];
  readonly storageKey: null;
}
