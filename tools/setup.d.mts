export declare const ROOT: string;
export declare class SetupError extends Error {}
export declare function nodePath(root?: string): string;
export declare function setUp(options?: {
  root?: string;
  say?: (line: string) => void;
}): Promise<'up to date' | 'installed' | 'binary fixed'>;
export declare function writeStamp(root: string): void;
export declare function requireNode(platform?: string, arch?: string, version?: string): void;
