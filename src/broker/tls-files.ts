import { readFileSync } from 'node:fs';
import type { TlsFiles } from '../config/config.ts';
import { StartError } from '../error/start-error.ts';
import type { TlsMaterial } from './tls.ts';

/** Reads the files of a TLS link. Throws StartError when one cannot be read. */
export function readTls(files: TlsFiles | undefined): TlsMaterial | undefined {
  if (files === undefined) return undefined;
  const { ca, certificate, key } = files;
  return { ca: readPem(ca), certificate: readPem(certificate), key: readPem(key) };
}

function readPem(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError([`The TLS file ${file} cannot be read: ${reason}. Name another, or let this user read it.`]);
  }
}
