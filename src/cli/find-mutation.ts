import type { JsonObject, JsonValue } from '../json/value.ts';
import { didYouMean } from '../text/did-you-mean.ts';
import { graphqlRequest, isObject } from './graphql-request.ts';

/** How a type is published, or why it cannot be. */
export type FoundMutation =
  /** `query` is a mutation of one variable, `$events`; its only root field has the alias `results`. */
  { readonly type: 'found'; readonly query: string } | { readonly type: 'failed'; readonly message: string };

const INTROSPECTION = `{
  __schema { mutationType { fields { name args { name type { name ofType { name ofType { name ofType { name } } } } } } } }
  receipt: __type(name: "PublishReceipt") { fields { name } }
}`;

/** Asks a server for the batch mutation that publishes a type: the one whose argument `events` is a list of the type's input. */
export async function findMutation(url: string, typeName: string): Promise<FoundMutation> {
  const answer = await graphqlRequest(url, INTROSPECTION);
  if (answer.type === 'unreachable') {
    return {
      type: 'failed',
      message: `Nothing answers at ${url} (${answer.reason}). Start the gateway with npm start, or give its address with --url.`,
    };
  }
  if (answer.type === 'lost') return { type: 'failed', message: `No answer from ${url}: ${answer.reason}.` };
  if (answer.data === undefined) {
    const reasons = answer.errors.map((error) => error.message).join('; ');
    return { type: 'failed', message: `The server at ${url} does not tell its schema: ${reasons}` };
  }
  const schema = member(answer.data, '__schema');
  const batches = list(member(schema, 'mutationType'), 'fields').flatMap((field) => {
    const events = list(field, 'args').find((argument) => argument['name'] === 'events');
    const input = innermostName(events?.['type']);
    return input?.endsWith('Input') ? [{ field: String(field['name']), type: input.slice(0, -'Input'.length) }] : [];
  });
  const batch = batches.find((candidate) => candidate.type === typeName);
  if (batch === undefined)
    return {
      type: 'failed',
      message: unknownType(
        url,
        typeName,
        batches.map(({ type }) => type),
      ),
    };
  const receipt = list(member(answer.data, 'receipt'), 'fields').map((field) => String(field['name']));
  const query =
    `mutation Publish($events: [${typeName}Input!]!) { results: ${batch.field}(events: $events) ` +
    `{ __typename ... on PublishReceipt { ${receipt.join(' ')} } ... on PublishFailure { code message path } } }`;
  return { type: 'found', query };
}

function unknownType(url: string, typeName: string, types: readonly string[]): string {
  const meant = didYouMean(typeName, types);
  const known = types.length === 0 ? 'nothing' : types.join(', ');
  return `${typeName} cannot be published at ${url}. ${meant === undefined ? '' : `Did you mean ${meant}? `}What can be published: ${known}.`;
}

function member(object: JsonObject | undefined, name: string): JsonObject | undefined {
  const value = object?.[name];
  return isObject(value) ? value : undefined;
}

function list(object: JsonObject | undefined, name: string): readonly JsonObject[] {
  const value = object?.[name];
  return Array.isArray(value) ? value.filter((item: JsonValue) => isObject(item)) : [];
}

/** The name inside the wrappers of lists and non-nulls. */
function innermostName(type: JsonValue | undefined): string | undefined {
  if (!isObject(type)) return undefined;
  return typeof type['name'] === 'string' ? type['name'] : innermostName(type['ofType']);
}
