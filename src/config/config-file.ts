import { isMap, isScalar, isSeq, LineCounter, type Pair, parseDocument } from 'yaml';
import { didYouMean } from '../text/did-you-mean.ts';
import type { ConfigProblem } from './config-problem.ts';
import { OPTION_LIST, type OptionKey } from './options.ts';
import { redact } from './redact.ts';

/** A setting as the file has it, not checked yet. */
export interface FileValue {
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/** What a configuration file says. */
export interface ReadFile {
  readonly values: ReadonlyMap<OptionKey, FileValue>;
  readonly problems: readonly ConfigProblem[];
}

/** Reads the YAML text of a configuration file. `file` is its name for messages. An unknown key is a problem. Pure. */
export function readConfigText(yaml: string, file: string): ReadFile {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, prettyErrors: false });
  const values = new Map<OptionKey, FileValue>();
  const problems: ConfigProblem[] = [];
  const lineOf = (offset: number | undefined): number => (offset === undefined ? 1 : lines.linePos(offset).line);
  const problem = (line: number, value: string | undefined, message: string, fix: string): void => {
    problems.push({ origin: { type: 'file', file, line }, value, message, fix });
  };

  for (const error of [...document.errors, ...document.warnings]) {
    problem(lineOf(error.pos[0]), undefined, `it is not good YAML: ${error.message}`, 'Mend the YAML.');
  }
  if (problems.length > 0) return { values, problems };

  const readMap = (pairs: readonly Pair[], above: readonly string[]): void => {
    for (const { key, value } of pairs) {
      const line = lineOf(isScalar(key) ? key.range?.[0] : undefined);
      const path = [...above, isScalar(key) ? String(key.value) : String(key)];
      const name = path.join('.');
      const option = OPTION_LIST.find(([, candidate]) => candidate.path?.join('.') === name);
      const inside = OPTION_LIST.some(([, candidate]) => candidate.path?.join('.').startsWith(`${name}.`));
      if (option !== undefined) readValue(option[0], option[1].type.list, value, name, line);
      else if (inside && isMap(value)) readMap(value.items, path);
      else if (inside) problem(line, undefined, `${name} must hold keys of its own`, sectionFix(name));
      else problem(line, undefined, `there is no setting ${name}`, unknownKeyFix(name));
    }
  };
  const readValue = (key: OptionKey, list: boolean, node: unknown, name: string, line: number): void => {
    if (list && isSeq(node) && node.items.length > 0 && node.items.every((item) => isScalar(item))) {
      values.set(key, { text: node.items.map((item) => scalarText(item)).join(','), line });
    } else if (isScalar(node) && node.value !== null && node.value !== '') {
      values.set(key, { text: scalarText(node), line });
    } else if (node === null || isScalar(node)) {
      problem(line, undefined, `${name} has no value`, 'Give it one, or remove the line.');
    } else {
      const shown = redact(String(node).trim().slice(0, 80), name);
      problem(line, shown, `${name} must be one value${list ? ' or a list of values' : ''}`, `Write ${name}: VALUE.`);
    }
  };

  if (isMap(document.contents)) readMap(document.contents.items, []);
  else if (document.contents !== null) {
    problem(1, undefined, 'the file must hold keys and values', 'Begin with, for example, port: 4000.');
  }
  return { values, problems };
}

/** The text as the author wrote it where that matters (`9092` and not `9.092e3`). */
function scalarText(node: { readonly value: unknown; readonly source?: string }): string {
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
}

function sectionFix(section: string): string {
  const paths = OPTION_LIST.flatMap(([, option]) =>
    option.path?.[0] === section ? [option.path.slice(1).join('.')] : [],
  );
  return `Indent ${paths.join(' and ')} below ${section}.`;
}

function unknownKeyFix(name: string): string {
  const paths = OPTION_LIST.flatMap(([, option]) => (option.path === undefined ? [] : [option.path.join('.')]));
  // People also try the names of flags and variables.
  const word = name.replaceAll(/[^a-z0-9]/gi, '').toLowerCase();
  const same = OPTION_LIST.find(([, option]) => option.name.replaceAll('-', '') === word)?.[1].path?.join('.');
  const meant = same ?? didYouMean(name, paths);
  return meant === undefined ? 'Remove it; docs/configuration.md lists the settings.' : `Did you mean ${meant}?`;
}
