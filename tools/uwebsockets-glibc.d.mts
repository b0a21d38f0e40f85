export interface KnownBinary {
  readonly file: string;
  /** SHA-256 */
  readonly published: string;
  /** SHA-256 */
  readonly fixed: string;
}
export declare const KNOWN_BINARIES: readonly KnownBinary[];
export declare function runningGlibc(): string | undefined;
export declare function needsFix(version: string): boolean;
export declare function binaryPath(root: string, arch?: string): string;
export declare function fixBinary(path: string, known?: readonly KnownBinary[]): 'fixed' | 'already fixed';
