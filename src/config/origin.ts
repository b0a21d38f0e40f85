/** Where a setting was written. */
export type Origin =
  | { readonly type: 'flag'; readonly flag: string }
  | { readonly type: 'variable'; readonly variable: string }
  /** `line` counts from 1; undefined for a problem of the whole file. */
  | { readonly type: 'file'; readonly file: string; readonly line: number | undefined }
  /** A word on the command line that is no flag. */
  | { readonly type: 'argument' }
  | { readonly type: 'default' };

/** The origin as people read it: `--port`, `SLUICE_PORT`, `sluice.yaml:3`. */
export function originText(origin: Origin): string {
  switch (origin.type) {
    case 'flag':
      return origin.flag;
    case 'variable':
      return origin.variable;
    case 'file':
      return origin.line === undefined ? origin.file : `${origin.file}:${origin.line}`;
    case 'argument':
      return 'command line';
    case 'default':
      return 'default';
    default:
      return origin satisfies never;
  }
}
