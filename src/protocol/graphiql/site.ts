import type { GatewaySchema } from '../../schema/gateway-schema.ts';
import { prefersHtml } from '../http/accept.ts';
import type { HttpResponse, RequestHead } from '../http/http-message.ts';
import { type Asset, readAssets } from './assets.ts';
import { exampleTabs } from './example-tabs.ts';
import { graphiqlPage, PAGE_HEADERS, PAGE_SCRIPT, PAGE_STYLE } from './page.ts';

/** Answers what belongs to a page for developers; undefined for everything else. */
export type DeveloperPage = (head: RequestHead) => HttpResponse | undefined;

const PAGE_PATH = '/graphql';
const ASSET_FOLDER = '/graphql/graphiql/';

/** GraphiQL for this schema, under `--dev`. `now` is in milliseconds. Rejects with StartError when its files are missing. */
export async function graphiqlSite(gateway: GatewaySchema, now: number): Promise<DeveloperPage> {
  return developerPage(gateway, await readAssets(), now);
}

/**
 * `GET /graphql` by a browser is the page, as long as it names no operation: an address with a query is answered as it always is. Pure.
 */
export function developerPage(
  gateway: GatewaySchema,
  libraries: ReadonlyMap<string, Asset>,
  now: number,
): DeveloperPage {
  const name = gateway.topics.map(({ topic }) => topic.typeName).join(' ');
  const page = response(PAGE_HEADERS, graphiqlPage(exampleTabs(gateway, now), name));
  const assets = new Map([
    ...libraries,
    ['page.js', { contentType: 'text/javascript; charset=utf-8', text: PAGE_SCRIPT }] as const,
    ['page.css', { contentType: 'text/css; charset=utf-8', text: PAGE_STYLE }] as const,
  ]);
  return ({ method, path, query, header }) => {
    if (method !== 'GET') return undefined;
    if (path === PAGE_PATH) return query === '' && prefersHtml(header('accept')) ? page : undefined;
    const asset = path.startsWith(ASSET_FOLDER) ? assets.get(path.slice(ASSET_FOLDER.length)) : undefined;
    return asset === undefined ? undefined : response(assetHeaders(asset), asset.text);
  };
}

function assetHeaders({ contentType }: Asset): HttpResponse['headers'] {
  return [
    ['content-type', contentType],
    ['cache-control', 'no-cache'],
    ['x-content-type-options', 'nosniff'],
    ['cross-origin-resource-policy', 'same-origin'],
  ];
}

function response(headers: HttpResponse['headers'], body: string): HttpResponse {
  return { status: 200, headers, body, closeConnection: false };
}
