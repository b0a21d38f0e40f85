import { type FSWatcher, readFileSync, watch } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { type LoadedConfig, loadConfig } from '../config/load-config.ts';
import { needRestart, reloadedConfig } from '../config/reloaded-config.ts';
import type { Logger } from '../log/logger.ts';
import { problemsOf } from '../workers/problems-of.ts';
import type { Serving } from '../workers/serve-gateway.ts';
import type { Invocation } from './command.ts';

export interface ReloadsOptions {
  readonly invocation: Invocation;
  /** As the gateway was started with it. */
  readonly config: Config;
  readonly serving: Pick<Serving, 'reload'>;
  readonly log: Logger;
}

/** Whoever writes a file, writes it in pieces: it is read when nothing has changed for this long, in milliseconds. */
const SETTLED_MS = 250;

/**
 * Has the schema, the configuration file and the manifest read again at SIGHUP, and when one of them has other contents (F25).
 * Folders are watched, not files: editors and Kubernetes put a new file in the place of the old one. Close it.
 */
export class Reloads {
  readonly #options: ReloadsOptions;
  readonly #endSignals: () => void;
  #running: Config;
  #shown: Extract<LoadedConfig, { type: 'config' }>['shown'] | undefined;
  #watchers: readonly FSWatcher[] = [];
  #timer: NodeJS.Timeout | undefined;
  #contents: string;
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: ReloadsOptions) {
    this.#options = options;
    this.#running = options.config;
    const loaded = this.#load();
    this.#shown = loaded.type === 'config' ? loaded.shown : undefined;
    this.#contents = this.#read();
    this.#endSignals = options.invocation.io.onHangUp(() => this.#reload());
    this.#watch();
  }

  close(): void {
    this.#closed = true;
    this.#endSignals();
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers) watcher.close();
  }

  #load(): LoadedConfig {
    const { flags, environment, folder } = this.#options.invocation;
    return loadConfig({ flags, environment, folder });
  }

  #files(): readonly string[] {
    const { flags, environment, folder } = this.#options.invocation;
    const file = resolve(folder, flags.values.get('config') ?? environment['SLUICE_CONFIG'] ?? 'sluice.yaml');
    const { schemaFile, operationsFile } = this.#running;
    return [schemaFile, file, ...(operationsFile === undefined ? [] : [operationsFile])];
  }

  #read(): string {
    const texts = this.#files().map((file) => {
      try {
        return readFileSync(file, 'utf8');
      } catch {
        return '';
      }
    });
    return JSON.stringify(texts);
  }

  #watch(): void {
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [...new Set(this.#files().map((file) => dirname(file)))].flatMap((folder) => {
      try {
        const watcher = watch(folder, { persistent: false }, () => this.#touched());
        watcher.on('error', (error) => this.#notWatched(folder, error));
        return [watcher];
      } catch (error) {
        this.#notWatched(folder, error);
        return [];
      }
    });
  }

  #notWatched(folder: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.log.warn('a folder cannot be watched; send SIGHUP when its files have changed', { folder, reason });
  }

  #touched(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const contents = this.#read();
      if (contents !== this.#contents) this.#reload();
    }, SETTLED_MS);
    this.#timer.unref();
  }

  #reload(): void {
    this.#contents = this.#read();
    this.#last = this.#last.then(() => this.#run());
  }

  async #run(): Promise<void> {
    if (this.#closed) return;
    const { log, serving } = this.#options;
    const loaded = this.#load();
    if (loaded.type === 'invalid') {
      const problems = loaded.problems.map(({ message, fix }) => `${message}. ${fix}`);
      for (const problem of problems) log.error('not reloaded: the configuration has a problem', { problem });
      return;
    }
    const restart = this.#shown === undefined ? [] : needRestart(this.#shown, loaded.shown);
    for (const setting of restart) log.warn('a setting was changed that needs a restart', { setting });
    const next = reloadedConfig(this.#running, loaded.config);
    try {
      await serving.reload(next);
      this.#running = next;
      this.#watch();
    } catch (error) {
      const problems = problemsOf(error);
      for (const problem of problems ?? [error instanceof Error ? error.message : String(error)]) {
        log.error('not reloaded: what was served before is served on', { problem });
      }
    }
  }
}
