import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '../../src/config/load-config.ts';
import { startGateway } from '../../src/gateway.ts';
import { silentLogger } from '../../src/log/logger.ts';
import { temporaryFolder } from '../cli/temporary-folder.ts';
import { eventually } from '../support/eventually.ts';

const BEFORE = 'type Before @topic(name: "before", delivery: EPHEMERAL) { text: String! }';
const AFTER = 'type After @topic(name: "after", delivery: EPHEMERAL) { text: String! }';

test('F25: after a reload the pages for people show the schema that is served', async () => {
  const folder = temporaryFolder({ 'schema.graphql': BEFORE });
  const values = new Map([
    ['schema', 'schema.graphql'],
    ['port', '0'],
    ['admin-port', '0'],
    ['dev', 'true'],
  ]);
  const loaded = loadConfig({ flags: { values, positionals: [], problems: [] }, environment: {}, folder });
  assert.ok(loaded.type === 'config');
  const gateway = await startGateway(loaded.config, silentLogger);
  const topics = async (): Promise<readonly string[]> => {
    const response = await fetch(`${gateway.adminUrl}/debug/topics`, { headers: { accept: 'application/json' } });
    const report = (await response.json()) as { readonly topics: readonly { readonly topic: string }[] };
    return report.topics.map(({ topic }) => topic);
  };
  const page = async (): Promise<string> => (await fetch(gateway.url, { headers: { accept: 'text/html' } })).text();
  try {
    assert.deepEqual(await topics(), ['before']);
    assert.match(await page(), /publishBefore/);

    await gateway.reload(loaded.config, AFTER);

    assert.deepEqual(await topics(), ['after']);
    await eventually(async () => /publishAfter/.test(await page()), { what: 'the page with the new examples' });
  } finally {
    await gateway.close();
  }
});
