import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { exampleTabs } from '../../../src/protocol/graphiql/example-tabs.ts';
import { developerPage } from '../../../src/protocol/graphiql/site.ts';
import type { GatewaySchema } from '../../../src/schema/gateway-schema.ts';
import { loadSchema } from '../../../src/schema/load-schema.ts';
import { exampleSchema } from '../../support/earthquakes.ts';
import { headerOf, TestEndpoint, type TestRequest } from '../http/exchange.ts';

/** What Chromium sends when somebody types the address; Firefox and Safari differ in what is behind text/html. */
const BROWSER =
  'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7';

function gateway(): GatewaySchema {
  return loadSchema({ file: exampleSchema, text: readFileSync(exampleSchema, 'utf8') });
}

function endpoint(): TestEndpoint {
  const libraries = new Map([['react.js', { contentType: 'text/javascript; charset=utf-8', text: 'library' }]]);
  return new TestEndpoint({}, undefined, { developerPage: developerPage(gateway(), libraries, 0) });
}

const PAGE: TestRequest = { method: 'GET', headers: { accept: BROWSER } };

test('GET /graphql by a browser is a page of this server alone', async () => {
  const response = await endpoint().send(PAGE);
  assert.equal(response.status, 200);
  assert.equal(headerOf(response, 'content-type'), 'text/html; charset=utf-8');
  const policy = headerOf(response, 'content-security-policy') ?? '';
  assert.match(policy, /^default-src 'none'; script-src 'self'; /);
  assert.match(policy, /connect-src 'self'; .*frame-ancestors 'none'$/);
  assert.doesNotMatch(response.body, /https?:/);
  // A script that stands in the page would not run under this policy.
  assert.doesNotMatch(response.body, /<script(?! src=)| on[a-z]+=/);
});

test('each file that the page names is served', async () => {
  const target = endpoint();
  const { body } = await target.send(PAGE);
  const own = [...body.matchAll(/(?:src|href)="(graphql\/[^"]+)"/g)].map(([, path]) => `/${path}`);
  assert.equal(own.length, 6);
  for (const path of own.filter((name) => /page|\/react\.js/.test(name))) {
    const response = await target.send({ method: 'GET', path });
    assert.equal(response.status, 200, path);
    assert.match(headerOf(response, 'content-type') ?? '', path.endsWith('.css') ? /^text\/css/ : /^text\/javascript/);
  }
  for (const name of ['', 'other.js', '../page.js', 'constructor']) {
    const response = await target.send({ method: 'GET', path: `/graphql/graphiql/${name}` });
    assert.equal(response.status, 404, name);
  }
});

test('who does not ask for a page above all gets what they get without --dev', async () => {
  for (const accept of [
    '*/*',
    'application/json',
    'application/json, text/html',
    'text/html;q=0.1, application/json',
    '',
  ]) {
    const query = 'query=query';
    const response = await endpoint().send({ method: 'GET', query, headers: { accept } });
    assert.match(headerOf(response, 'content-type') ?? '', /json/, accept);
    const bare = await endpoint().send({ method: 'GET', headers: { accept } });
    assert.match(headerOf(bare, 'content-type') ?? '', /json/, accept);
  }
});

test('an address with an operation is answered, and a POST is never a page', async () => {
  const withQuery = await endpoint().send({ ...PAGE, query: 'query=query' });
  assert.equal(withQuery.body, '{"data":{"n":1}}');
  const post = await endpoint().send({ headers: { accept: 'text/html, */*' } });
  assert.equal(post.body, '{"data":{"n":1}}');
});

test('A74: without --dev there is no page and none of its files', async () => {
  const target = new TestEndpoint();
  assert.equal((await target.send({ method: 'GET', headers: { accept: 'text/html' } })).status, 406);
  assert.equal((await target.send({ method: 'GET', path: '/graphql/graphiql/page.js' })).status, 404);
});

test('the tabs arrive through the attribute that carries them', async () => {
  const { body } = await endpoint().send(PAGE);
  const [, data = ''] = /data-page="([^"]*)"/.exec(body) ?? [];
  const plain = data.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  assert.deepEqual(JSON.parse(plain), { tabs: exampleTabs(gateway(), 0), name: 'Quake Departure ChatMessage' });
});
