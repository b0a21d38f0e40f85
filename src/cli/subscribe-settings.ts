import { GraphQLError, Kind, parse } from 'graphql';
import type { ParsedFlags } from '../config/flags.ts';
import { parseJson } from '../json/text.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { gatewayUrl } from './gateway-url.ts';
import { isObject } from './graphql-request.ts';
import { wholeNumber } from './whole-number.ts';

export interface SubscribeSettings {
  readonly query: string;
  readonly variables: JsonObject | undefined;
  readonly cursor: string | undefined;
  readonly url: string;
  /** Undefined: without end. */
  readonly count: number | undefined;
  readonly json: boolean;
}

/** The settings of `sluice subscribe`, or what is wrong with its command line. Pure. */
export function readSubscribeSettings(
  { values, positionals }: ParsedFlags,
  defaultUrl: string,
): SubscribeSettings | string {
  const [query, ...more] = positionals;
  if (query === undefined) return "it needs a subscription, for example 'subscription { quake { id magnitude } }'";
  if (more.length > 0) return `it takes one subscription, quoted as one word, and there is more: ${more.join(' ')}`;
  const wrong = queryProblem(query);
  if (wrong !== undefined) return wrong;
  const url = gatewayUrl(values.get('url') ?? defaultUrl);
  if (url === undefined) return `--url ${values.get('url')} is not an http:// or https:// URL`;
  const count = values.has('count') ? wholeNumber(values.get('count') ?? '', 1, Number.MAX_SAFE_INTEGER) : undefined;
  if (values.has('count') && count === undefined) return `--count ${values.get('count')} is not a whole number above 0`;
  const variables = readVariables(values.get('variables'));
  if (typeof variables === 'string') return variables;
  return { query, variables, cursor: values.get('cursor'), url, count, json: values.get('json') === 'true' };
}

function queryProblem(query: string): string | undefined {
  try {
    const operations = parse(query).definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
    const [operation] = operations;
    if (operations.length !== 1 || operation === undefined) return 'the text must hold one subscription';
    if (operation.operation === 'subscription') return undefined;
    return `the text is a ${operation.operation}, not a subscription; begin it with the word subscription`;
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const place = error.locations?.[0];
    return `the subscription is not valid GraphQL at ${place?.line ?? 1}:${place?.column ?? 1}: ${error.message}`;
  }
}

function readVariables(text: string | undefined): JsonObject | undefined | string {
  if (text === undefined) return undefined;
  let value: JsonValue;
  try {
    value = parseJson(text);
  } catch (error) {
    return `--variables is not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  return isObject(value) ? value : '--variables must be a JSON object';
}
