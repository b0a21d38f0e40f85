import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, startTestGateway } from './running-gateway.ts';

const WAIT = { timeout: 90_000 };

describe('GraphiQL in a browser', () => {
  let gateway: RunningGateway;
  let browser: Browser;
  let page: Page;
  const requested: string[] = [];
  const complaints: string[] = [];

  before(async () => {
    gateway = await startTestGateway({ dev: true });
    browser = await launchChromium();
    page = await browser.newPage();
    page.setDefaultTimeout(WAIT.timeout);
    page.on('request', (request) => void requested.push(request.url()));
    page.on('websocket', (socket) => void requested.push(socket.url()));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => void complaints.push(error.message));
    await page.goto(gateway.url);
  });
  after(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  test('a subscription of its first tab shows the event that its second tab publishes', async () => {
    await page.getByRole('tab', { name: 'OnQuake' }).waitFor();
    await play(page);
    await seen(
      async () => (await gateway.admin('/metrics')).body,
      /sluice_subscriptions\{topic="quakes\.\{network\}"[^}]*\} 1/,
    );
    await publishFromAnotherPage(browser, gateway.url);
    await seen(() => result(page), /"id":\s*"id-1"/);
  });

  test('its documentation is that of the served schema, so introspection works', async () => {
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.locator('.graphiql-doc-explorer-content', { hasText: 'subscription' }).waitFor();
  });

  test('nothing comes from anywhere else, and the policy of the page stops nothing', () => {
    const { host } = new URL(gateway.url);
    const elsewhere = requested.filter((url) => !url.startsWith('data:') && new URL(url).host !== host);
    assert.deepEqual(elsewhere, []);
    assert.ok(requested.some((url) => url.startsWith('ws:')));
    assert.deepEqual(complaints, []);
  });
});

async function play(page: Page): Promise<void> {
  await page.locator('button.graphiql-execute-button').click();
}

/** The text of the result pane. */
async function result(page: Page): Promise<string> {
  return (await page.locator('.result-window .CodeMirror-code').innerText()).replaceAll('\u00a0', ' ');
}

/** Presses play in the tab that publishes, as a second person would. */
async function publishFromAnotherPage(browser: Browser, url: string): Promise<void> {
  const page = await browser.newPage();
  page.setDefaultTimeout(WAIT.timeout);
  await page.goto(url);
  await page.getByRole('tab', { name: 'PublishQuake' }).click();
  await play(page);
  await seen(async () => {
    const text = await result(page);
    // GraphiQL learns which operation a tab holds a moment after the tab was chosen; a person is slower than that.
    if (text.includes('OPERATION_RESOLUTION_FAILURE')) await play(page);
    return text;
  }, /"topic":\s*"quakes\.\{network\}"/);
  await page.close();
}

async function seen(read: () => Promise<string>, pattern: RegExp): Promise<void> {
  const matches = async (): Promise<true> => {
    assert.match(await read(), pattern);
    return true;
  };
  await eventually(matches, { deadlineMs: WAIT.timeout, what: 'the text' });
}
