import { launchChromium } from '../support/chromium.ts';
import { scenario } from './scenario.ts';
import {
  deliver,
  type Listener,
  OPERATIONS,
  type Outcome,
  type Result,
  type StockClient,
  textOf,
} from './stock-client.ts';

/** What the page keeps between calls. */
interface Page {
  sources: Map<number, EventSource>;
  heard(id: number, data: string): Promise<void>;
}

/** A page in Chromium, of the gateway's own origin, that uses fetch and EventSource and nothing else. */
async function open(url: string): Promise<StockClient> {
  const browser = await launchChromium();
  const page = await browser.newPage();
  const listeners = new Map<number, Listener>();
  await page.route('**/blank', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
  await page.goto(new URL('/blank', url).href);
  await page.exposeFunction('heard', (id: number, data: string) => {
    const listener = listeners.get(id);
    if (listener !== undefined) deliver(JSON.parse(data) as Result, listener);
  });
  await page.evaluate(() => {
    (globalThis as unknown as Page).sources = new Map();
  });
  /** In order, so that what is closed was opened. */
  let calls: Promise<unknown> = Promise.resolve();

  return {
    async execute(operation, variables): Promise<Outcome> {
      const body = JSON.stringify({ query: OPERATIONS[operation], variables });
      const text = await page.evaluate(
        async ([to, json]) => {
          const headers = { 'content-type': 'application/json' };
          return (await fetch(to, { method: 'POST', headers, body: json })).text();
        },
        [url, body] as const,
      );
      const { data, errors } = JSON.parse(text) as Result;
      return errors === undefined ? { type: 'data', data } : { type: 'problem', text: textOf(errors) };
    },
    subscribe(operation, listener) {
      const id = listeners.size;
      listeners.set(id, listener);
      const address = `${url}?${new URLSearchParams({ query: OPERATIONS[operation] })}`;
      calls = calls.then(() =>
        page.evaluate(
          ([at, key]) => {
            const { sources, heard } = globalThis as unknown as Page;
            const source = new EventSource(at);
            sources.set(key, source);
            source.addEventListener('next', (event) => void heard(key, (event as MessageEvent).data as string));
            source.addEventListener('complete', () => source.close());
          },
          [address, id] as const,
        ),
      );
      return () => {
        calls = calls.then(() => page.evaluate((key) => (globalThis as unknown as Page).sources.get(key)?.close(), id));
      };
    },
    async close() {
      await calls;
      await browser.close();
    },
  };
}

scenario('EventSource in headless Chromium', open);
