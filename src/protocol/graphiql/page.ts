import type { ResponseHeaders } from '../http/http-message.ts';
import type { Tab } from './example-tabs.ts';

/** Where the page's files are, seen from the page: a proxy may put a path before both. */
const FOLDER = 'graphql/graphiql';

/**
 * The page loads and asks this server only, runs no script that stands in it, and stands in no frame. Styles may stand in it: GraphiQL's
 * dialogs write one while they are open.
 */
export const PAGE_HEADERS: ResponseHeaders = [
  ['content-type', 'text/html; charset=utf-8'],
  [
    'content-security-policy',
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
      "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  ],
  ['cache-control', 'no-store'],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
  ['vary', 'accept'],
];

/** The page of GraphiQL. `name` tells apart what browsers keep of several schemas on one address. Pure. */
export function graphiqlPage(tabs: readonly Tab[], name: string): string {
  const data = escapeAttribute(JSON.stringify({ tabs, name }));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sluice: GraphiQL</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${FOLDER}/graphiql.css">
<link rel="stylesheet" href="${FOLDER}/page.css">
</head>
<body>
<div id="graphiql" data-page="${data}">GraphiQL is loading. It needs JavaScript.</div>
<script src="${FOLDER}/react.js"></script>
<script src="${FOLDER}/react-dom.js"></script>
<script src="${FOLDER}/graphiql.js"></script>
<script src="${FOLDER}/page.js"></script>
</body>
</html>
`;
}

export const PAGE_STYLE: string = `html, body { height: 100%; margin: 0; overflow: hidden; }
#graphiql { height: 100vh; }
`;

/** What the page runs once its libraries are there: operations go over HTTP, subscriptions over a WebSocket. */
export const PAGE_SCRIPT: string = `'use strict';
const element = document.getElementById('graphiql');
const { tabs, name } = JSON.parse(element.dataset.page);
const url = location.origin + location.pathname;
const fetcher = GraphiQL.createFetcher({ url, subscriptionUrl: url.replace(/^http/, 'ws') });
const storage = GraphiQL.createLocalStorage({ namespace: 'sluice ' + name });
ReactDOM.createRoot(element).render(
  React.createElement(GraphiQL, { fetcher, storage, defaultTabs: tabs, defaultEditorToolsVisibility: true }),
);
`;

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
