// Checks the direction of every import in src/: rooms import downwards only, and some packages belong to one room (import-rules.ts).
// `node tools/check-imports.ts [SRC]` prints every violation with its place and exits with 1 when there is one.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { importCycles } from './import-cycles.ts';
import * as rules from './import-rules.ts';
import { type Import, readImports, readProcessUses } from './typescript-imports.ts';

export interface Violation {
  /** Relative to the folder checked. */
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

const PROCESS_RULE = `reads process.env or process.argv: only ${rules.PROCESS_READERS.join(' and ')} may`;

/** Checks all TypeScript files of a folder that is laid out as src/. */
export function checkImports(folder: string): { readonly files: number; readonly violations: readonly Violation[] } {
  const files = typescriptFiles(folder);
  const violations: Violation[] = [];
  const graph = new Map<string, string[]>();
  for (const file of files) {
    const room = roomOf(file);
    if (room === undefined) {
      violations.push({ file, line: 1, message: 'is in no room that tools/import-rules.ts lists' });
      continue;
    }
    const source = readFileSync(join(folder, file), 'utf8');
    const targets: string[] = [];
    graph.set(file, targets);
    for (const each of readImports(source)) {
      const target = each.specifier?.startsWith('.') ? resolve(file, each.specifier) : undefined;
      if (target !== undefined) targets.push(target);
      const message =
        target === undefined ? outsideViolation(file, room, each) : fileViolation(folder, file, room, target);
      if (message !== undefined) violations.push({ file, line: each.line, message });
    }
    if (rules.PROCESS_READERS.includes(room)) continue;
    violations.push(...readProcessUses(source).map((line) => ({ file, line, message: PROCESS_RULE })));
  }
  for (const cycle of importCycles(graph)) {
    const message = `imports itself in a circle: ${[...cycle, cycle[0]].join(' → ')}`;
    violations.push({ file: cycle[0] ?? '', line: 1, message });
  }
  return { files: files.length, violations };
}

/** What is wrong with an import of a file of the project; undefined when nothing is. */
function fileViolation(folder: string, file: string, room: string, target: string): string | undefined {
  if (target.startsWith('../')) return `imports ${target}, which is outside src`;
  const path = join(folder, target);
  if (!existsSync(path) || !statSync(path).isFile()) return `imports ${target}, which does not exist`;
  const targetRoom = roomOf(target);
  if (targetRoom === undefined) return `imports ${target}, which is in no room`;
  if (room !== targetRoom)
    return rules.ROOMS[room]?.includes(targetRoom) ? undefined : `${room} must not import ${targetRoom}`;
  return room === 'broker' ? adapterViolation(brokerFolder(file), brokerFolder(target)) : undefined;
}

function adapterViolation(from: string | undefined, to: string | undefined): string | undefined {
  if (to === undefined || from === to) return undefined;
  if (from === undefined) return `the broker port must not import an adapter (broker/${to})`;
  return rules.BROKER_FOLDERS[from]?.includes(to) ? undefined : `broker/${from} must not import broker/${to}`;
}

/** What is wrong with an import of a package or a part of Node. */
function outsideViolation(file: string, room: string, { specifier, names }: Import): string | undefined {
  if (specifier === undefined) return 'imports something computed, which no check can follow: name the file';
  return isBuiltin(specifier) ? builtinViolation(room, specifier, names) : packageViolation(file, room, specifier);
}

function builtinViolation(room: string, specifier: string, names: readonly string[]): string | undefined {
  const name = specifier.replace(/^node:/, '');
  const imported = names.filter((word) => word !== 'type' && word !== 'as');
  const isPure = imported.length > 0 && imported.every((word) => rules.PURE_NAMES.includes(word));
  if (rules.REFUSED_BUILTINS[room]?.includes(name.split('/')[0] ?? '') && !isPure)
    return `${room} must not import ${specifier}`;
  const readsSettings = name === 'process' && (imported.includes('env') || imported.includes('argv'));
  return readsSettings && !rules.PROCESS_READERS.includes(room) ? PROCESS_RULE : undefined;
}

function packageViolation(file: string, room: string, specifier: string): string | undefined {
  const parts = specifier.split('/');
  const name = parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
  const places = rules.PACKAGES[name];
  if (places === undefined) return `imports the package ${name}, which tools/import-rules.ts does not list`;
  const isPlace = places.some((place) => room === place || file.startsWith(`${place}/`));
  return isPlace ? undefined : `imports ${name}, which only ${places.join(', ')} may`;
}

/** Undefined when the rules list no such room. */
function roomOf(file: string): string | undefined {
  const parts = file.split('/');
  const isFile = parts.length === 1;
  const room = isFile ? file.replace(/\.ts$/, '') : (parts[0] ?? '');
  if (!Object.hasOwn(rules.ROOMS, room) || rules.FILE_ROOMS.includes(room) !== isFile) return undefined;
  const folder = room === 'broker' ? brokerFolder(file) : undefined;
  return folder === undefined || Object.hasOwn(rules.BROKER_FOLDERS, folder) ? room : undefined;
}

/** The adapter that a file of broker/ belongs to; undefined for the files beside the adapters. */
function brokerFolder(file: string): string | undefined {
  const parts = file.split('/');
  return parts.length > 2 ? parts[1] : undefined;
}

function resolve(file: string, specifier: string): string {
  return normalize(join(dirname(file), specifier)).replaceAll(sep, '/');
}

function typescriptFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?tsx?$/.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .sort();
}

if (import.meta.main) {
  const folder = process.argv[2] ?? join(import.meta.dirname, '..', 'src');
  const { files, violations } = checkImports(folder);
  for (const { file, line, message } of violations) {
    console.error(`${relative(process.cwd(), join(folder, file))}:${line}  ${message}`);
  }
  if (violations.length > 0) process.exitCode = 1;
  else console.log(`${files} files`);
}
