import { readFile } from 'node:fs/promises';
import { StartError } from '../../error/start-error.ts';
import type { DocumentRules } from '../document.ts';
import type { PersistedOptions } from './persisted-operations.ts';
import { readTrustedDocuments } from './trusted-documents.ts';

/** Which operations may run, as the configuration has it. */
export interface PersistedSettings {
  /** Path of the manifest. */
  readonly operationsFile: string | undefined;
  readonly operationsOnly: boolean;
}

/** Reads the manifest of persisted operations, if there is one. Rejects with StartError that names everything wrong in it. */
export async function readPersisted(
  { operationsFile, operationsOnly }: PersistedSettings,
  rules: DocumentRules,
): Promise<PersistedOptions> {
  if (operationsFile === undefined) return { documents: new Map(), only: operationsOnly };
  let json: string;
  try {
    json = await readFile(operationsFile, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError([
      `The manifest ${operationsFile} cannot be read: ${reason}. Name another one with --operations FILE.`,
    ]);
  }
  const { documents, problems } = readTrustedDocuments(json, rules);
  if (problems.length > 0) throw new StartError(problems.map((problem) => `${operationsFile}: ${problem}`));
  return { documents, only: operationsOnly };
}
