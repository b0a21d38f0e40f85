export declare function cacheFolder(environment?: Readonly<Record<string, string | undefined>>): string;
export declare function cached(
  cache: string,
  folderName: string,
  fill: (folder: string) => Promise<void>,
): Promise<string>;
