import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFlags } from '../../src/config/flags.ts';
import { CONFIG_FLAGS, type LoadedConfig, loadConfig } from '../../src/config/load-config.ts';
import { needRestart, reloadedConfig } from '../../src/config/reloaded-config.ts';

function load(words: readonly string[]): Extract<LoadedConfig, { type: 'config' }> {
  const loaded = loadConfig({ flags: parseFlags(words, CONFIG_FLAGS), environment: {}, folder: '/' });
  assert.ok(loaded.type === 'config');
  return loaded;
}

test('what can be reloaded is taken, and everything else is named', () => {
  const running = load(['--schema', 'a.graphql', '--port', '5000']);
  const next = load(['--schema', 'b.graphql', '--introspection=false', '--port', '6000', '--max-depth', '3']);
  const config = reloadedConfig(running.config, next.config);
  assert.deepEqual([config.schemaFile, config.introspection, config.port], ['/b.graphql', false, 5000]);
  assert.equal(config.limits.maxDepth, running.config.limits.maxDepth);
  assert.deepEqual(needRestart(running.shown, next.shown), ['port', 'limits.maxDepth']);
  assert.deepEqual(needRestart(running.shown, running.shown), []);
});
